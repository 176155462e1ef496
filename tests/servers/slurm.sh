#!/usr/bin/env bash
# Slurm from Debian's packages: a controller and one node on loopback, which claims more processors than the machine has.
# The third argument is the number of tasks that run at once, not a port: it picks its ports itself.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly PACKAGES=(slurmctld slurmd slurm-client munge)
readonly DAEMONS=(slurmd slurmctld munged)
readonly SLOTS=24

installed() { have slurmctld && have slurmd && have sbatch && have munged; }

install() { install_packages "${PACKAGES[@]}"; }

write_conf() {
  local dir=$1 slots=$2 node user controller daemon
  node=$(hostname -s)
  user=$(id -un)
  controller=$(free_port)
  daemon=$(free_port)
  while [ "$daemon" = "$controller" ]; do daemon=$(free_port); done
  cat >"$dir/slurm.conf" <<CONF
ClusterName=asof
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$controller
SlurmdPort=$daemon
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$dir/munge/socket
CredType=cred/munge
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.own.pid
SlurmdPidFile=$dir/slurmd.own.pid
SlurmctldLogFile=$dir/slurmctld.own.log
SlurmdLogFile=$dir/slurmd.own.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
MaxArraySize=10001
MinJobAge=3600
KillWait=5
SchedulerParameters=sched_interval=2,batch_sched_delay=0,sched_min_interval=100000
NodeName=$node NodeAddr=127.0.0.1 CPUs=$slots State=UNKNOWN
PartitionName=all Nodes=$node Default=YES MaxTime=INFINITE State=UP
CONF
}

node_is_idle() { [ "$(limited 10 sinfo -h -o %t 2>/dev/null)" = idle ]; }
no_job_runs() { [ -z "$(limited 10 squeue -h -t running,completing 2>/dev/null)" ]; }

start() {
  local dir=$1 munge=$1/munge
  rm -rf "$munge" "$dir/state" "$dir/spool"
  mkdir -p "$munge" "$dir/state" "$dir/spool"
  chmod 700 "$munge"
  (umask 077 && head -c 1024 /dev/urandom >"$munge/key")
  write_conf "$dir" "$2"
  export SLURM_CONF=$dir/slurm.conf
  launch "$dir" munged munged --foreground --force --key-file="$munge/key" --socket="$munge/socket" \
    --pid-file="$munge/pid" --log-file="$munge/log" --seed-file="$munge/seed"
  await "$dir" munged 20 test -S "$munge/socket" || return 1
  launch "$dir" slurmctld slurmctld -D -i -f "$SLURM_CONF"
  launch "$dir" slurmd slurmd -D -f "$SLURM_CONF"
  await "$dir" slurmctld 60 node_is_idle || return 1
  printf '%s\n' "ASOF_TEST_SLURM_CONF=$SLURM_CONF" >"$dir/env"
}

# Tasks outlive the daemons: they are cancelled first.
stop() {
  if alive "$1" slurmctld; then
    export SLURM_CONF=$1/slurm.conf
    limited 10 scancel --full --signal=KILL --state=RUNNING --user="$(id -un)" 2>/dev/null || true
    limited 10 scancel --user="$(id -un)" 2>/dev/null || true
    for _ in $(seq 100); do
      ! no_job_runs || break
      sleep 0.1
    done
  fi
  end_all "$1" "${DAEMONS[@]}"
}

case ${1:-start} in
  start) main start "${2:-$CACHE/run-slurm}" "${3:-$SLOTS}" ;;
  *) main "$@" ;;
esac
