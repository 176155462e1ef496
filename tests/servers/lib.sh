# shellcheck shell=bash
# Shared by the server scripts: where things are kept, ports, waiting, starting and stopping by pid.
# Sourced, not run. A server script is called as
#   NAME.sh install             put it into the cache; exit 3 when this machine cannot have it
#   NAME.sh start DIR [PORT]    run it on 127.0.0.1, keep its state in DIR, write DIR/env
#   NAME.sh stop DIR            end what `start` started with the same DIR, and nothing else

set -euo pipefail

CACHE=${ASOF_SERVERS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/asof-servers}
readonly CANNOT=3

say() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2; }

# Gives up with the exit code that means: not possible here, and here is why.
cannot() {
  say "cannot be installed here: $*"
  exit "$CANNOT"
}

have() { command -v "$1" >/dev/null 2>&1; }

# Runs a command with a limit in seconds where the machine has `timeout`; in our process group, to be ended with us.
limited() {
  local seconds=$1
  shift
  if have timeout; then timeout --foreground "$seconds" "$@"; else "$@"; fi
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A loopback port that nobody listens on, below the range that the kernel hands out by itself.
free_port() {
  local port
  for _ in $(seq 200); do
    port=$((10000 + RANDOM % 20000))
    listening "$port" || { echo "$port"; return; }
  done
  say "found no free port"
  return 1
}

# One installation at a time, also when two checkouts test at once.
lock_cache() {
  mkdir -p "$CACHE"
  if have flock; then
    exec 9>"$CACHE/.lock"
    flock -w 1200 9 || { say "another installation holds $CACHE/.lock"; exit 1; }
  fi
}

apt_usable() { have apt-get && [ "$(id -u)" = 0 ]; }

# Installs Debian packages; refreshes the lists only when they turn out too old or absent.
apt_install() {
  apt_usable || return 1
  local log=$CACHE/apt.log try
  mkdir -p "$CACHE"
  for try in 1 2 3; do
    if DEBIAN_FRONTEND=noninteractive limited 900 apt-get install -y --no-install-recommends \
      -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@" >>"$log" 2>&1 </dev/null; then
      return
    fi
    say "refreshing the package lists (try $try)"
    limited 300 apt-get update -o Acquire::Retries=3 >>"$log" 2>&1 </dev/null || true
  done
  tail -5 "$log" >&2
  return 1
}

# Installs Debian packages, unless `installed` finds what they contain.
install_packages() {
  ! installed || return 0
  apt_usable || cannot "Debian's packages $* are absent, and installing them takes apt-get and root"
  lock_cache
  ! installed || return 0
  say "installing $*"
  apt_install "$@" || cannot "apt-get could not install $*"
}

# venv NAME PYTHON REQUIREMENT...: a virtual environment with pinned packages. Complete or absent.
venv() {
  local dir=$CACHE/$1 python=$2
  shift 2
  if [ "$(cat "$dir/.ready" 2>/dev/null)" = "$*" ] && "$dir/bin/python" -c '' 2>/dev/null; then return; fi
  lock_cache
  rm -rf "$dir"
  say "installing $* into $dir"
  if ! "$python" -m venv "$dir" >"$CACHE/venv.log" 2>&1; then
    apt_install python3 python3-venv || true
    rm -rf "$dir"
    "$python" -m venv "$dir" >"$CACHE/venv.log" 2>&1 || { cat "$CACHE/venv.log" >&2; return 1; }
  fi
  local done_with=
  for _ in 1 2 3; do
    if limited 600 "$dir/bin/pip" install --quiet --disable-pip-version-check --timeout 30 "$@" </dev/null >&2; then
      done_with="$*"
      break
    fi
  done
  [ -n "$done_with" ] || return 1
  printf '%s\n' "$done_with" >"$dir/.ready"
}

# The start time of a process, so that a pid that was given to somebody else is never ended.
born() { ps -o lstart= -p "$1" 2>/dev/null | tr -s ' '; }

# launch DIR NAME COMMAND...: in the background, without a terminal, output in DIR/NAME.log, pid in DIR/NAME.pid.
launch() {
  local dir=$1 name=$2
  shift 2
  nohup "$@" </dev/null >"$dir/$name.log" 2>&1 9>&- &
  local pid=$!
  printf '%s\n%s\n' "$pid" "$(born "$pid")" >"$dir/$name.pid"
}

alive() {
  local pid when
  { read -r pid && read -r when; } <"$1/$2.pid" 2>/dev/null || return 1
  kill -0 "$pid" 2>/dev/null && [ "$(born "$pid" | sed 's/^ //;s/ $//')" = "$when" ]
}

# Ends what `launch DIR NAME` started: asks, waits up to 10 s, then insists.
end() {
  local dir=$1 name=$2 pid
  [ -f "$dir/$name.pid" ] || return 0
  read -r pid <"$dir/$name.pid"
  if alive "$dir" "$name"; then
    kill "$pid" 2>/dev/null || true
    for _ in $(seq 100); do
      alive "$dir" "$name" || break
      sleep 0.1
    done
    ! alive "$dir" "$name" || kill -9 "$pid" 2>/dev/null || true
  fi
  rm -f "$dir/$name.pid"
}

# end_all DIR NAME...: in this order.
end_all() {
  local dir=$1 name
  shift
  for name in "$@"; do end "$dir" "$name"; done
}

# await DIR NAME SECONDS COMMAND...: until the command succeeds; fails at once when the server has died.
await() {
  local dir=$1 name=$2 tenths=$(($3 * 10))
  shift 3
  for _ in $(seq "$tenths"); do
    ! "$@" >/dev/null 2>&1 || return 0
    alive "$dir" "$name" || break
    sleep 0.1
  done
  say "$name did not come up; the end of its log:"
  tail -15 "$dir/$name.log" >&2
  return 1
}

# The command line of a server script, which defines install, start DIR PORT and stop DIR.
main() {
  local verb=${1:-start}
  case $verb in
    install) install ;;
    start)
      install
      local dir=${2:-$CACHE/run-$(basename "$0" .sh)}
      stop "$dir" 2>/dev/null || true
      mkdir -p "$dir"
      if ! start "$dir" "${3:-$(free_port)}"; then
        stop "$dir"
        exit 1
      fi
      say "$(cat "$dir/env")"
      ;;
    stop) stop "${2:-$CACHE/run-$(basename "$0" .sh)}" ;;
    *)
      echo "usage: $0 install | start [DIR [PORT]] | stop [DIR]" >&2
      exit 2
      ;;
  esac
}
