#!/usr/bin/env bash
# RabbitMQ from Debian's packages, and the client library of its Python: one node with a cookie, a port mapper and a data
# directory of its own. User guest, password guest.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly PACKAGES=(rabbitmq-server python3-pika)
readonly BIN=/usr/lib/rabbitmq/bin

installed() { [ -x "$BIN/rabbitmq-server" ] && /usr/bin/python3 -c 'import pika' 2>/dev/null; }

install() {
  local policy=/usr/sbin/policy-rc.d installed_by=
  ! installed || return 0
  apt_usable || cannot "RabbitMQ is absent, and installing Debian's packages takes apt-get and root"
  lock_cache
  ! installed || return 0
  say "installing ${PACKAGES[*]}"
  # Else the package would start a node of its own.
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    installed_by=us
  fi
  apt_install "${PACKAGES[@]}" || installed_by=${installed_by:+failed}
  [ -z "$installed_by" ] || rm -f "$policy"
  installed || cannot "apt-get could not install ${PACKAGES[*]}"
}

start() {
  local port=$2 distribution mapper
  DIR=$1
  # The node is named after its port, so that two of them on one machine never meet.
  distribution=$(free_port)
  mapper=$(free_port)
  while [ "$mapper" = "$distribution" ] || [ "$mapper" = "$port" ]; do mapper=$(free_port); done
  echo "$mapper" >"$DIR/mapper"
  echo '[].' >"$DIR/plugins"
  cat >"$DIR/settings" <<SETTINGS
export RABBITMQ_NODENAME=asof$port@$(hostname -s) RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT=$port
export RABBITMQ_DIST_PORT=$distribution ERL_EPMD_PORT=$mapper ERL_EPMD_ADDRESS=127.0.0.1
export RABBITMQ_MNESIA_BASE='$DIR/mnesia' RABBITMQ_LOG_BASE='$DIR/log' RABBITMQ_PID_FILE='$DIR/node.pid'
export RABBITMQ_ENABLED_PLUGINS_FILE='$DIR/plugins' RABBITMQ_CONFIG_FILE='$DIR/none' HOME='$DIR'
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
SETTINGS
  # shellcheck source=/dev/null
  (. "$DIR/settings" && launch "$DIR" rabbitmq "$BIN/rabbitmq-server")
  await "$DIR" rabbitmq 90 listening "$port"
  printf '%s\n' "ASOF_TEST_RABBITMQ_URL=amqp://guest:guest@127.0.0.1:$port/%2F" \
    "ASOF_TEST_RABBITMQ_SETTINGS=$DIR/settings" >"$DIR/env"
}

# Ends the node, and the port mapper that only it used.
stop() {
  end "$1" rabbitmq
  [ ! -f "$1/mapper" ] || epmd -port "$(cat "$1/mapper")" -kill >/dev/null 2>&1 || true
  rm -rf "$1/mnesia" "$1/mapper"
}

main "$@"
