#!/usr/bin/env bash
# Ceph's RADOS gateway from Debian's packages: a real object store, with one monitor and one in-memory OSD. Signatures are
# checked; credentials test/test. Pages come short, conditional writes are not honoured.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly PACKAGES=(radosgw ceph-mon ceph-osd ceph-common)
readonly DAEMONS=(rgw osd mon)
readonly KEY=test SECRET=test

installed() { have radosgw && have radosgw-admin && have ceph && have ceph-mon && have ceph-osd; }

install() { install_packages "${PACKAGES[@]}"; }

write_conf() {
  local dir=$1 port=$2 mon=$3 fsid=$4
  cat >"$dir/ceph.conf" <<CONF
[global]
fsid = $fsid
mon host = [v2:127.0.0.1:$((mon + 1)),v1:127.0.0.1:$mon]
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
public network = 127.0.0.0/8
ms bind ipv6 = false
ms mon client mode = crc
ms mon service mode = crc
ms mon cluster mode = crc
auth cluster required = none
auth service required = none
auth client required = none
auth allow insecure global id reclaim = true
run dir = $dir/run
admin socket = $dir/run/\$name.asok
pid file = $dir/run/\$name.pid
log file = $dir/\$name.ceph.log
crash dir = $dir/crash
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 1000
mon osd min up ratio = 0
mon data avail warn = 1
mon data avail crit = 1
paxos propose interval = 0.05
paxos min wait = 0.01
[mon.a]
mon data = $dir/mon
mon cluster log to file = false
[osd.0]
osd data = $dir/osd
osd objectstore = memstore
memstore device bytes = 8G
osd max object name len = 2048
[client.rgw.a]
rgw data = $dir/rgw
rgw frontends = beast endpoint=127.0.0.1:$port
rgw thread pool size = 64
rgw override bucket index max shards = 11
rgw enable usage log = false
CONF
}

cluster() { limited 30 ceph -c "$DIR/ceph.conf" "$@" >>"$DIR/cluster.log" 2>&1 </dev/null; }
admin() { limited 60 radosgw-admin -c "$DIR/ceph.conf" -n client.rgw.a "$@" >>"$DIR/admin.log" 2>&1 </dev/null; }
osd_up() { limited 20 ceph -c "$DIR/ceph.conf" osd stat 2>/dev/null </dev/null | grep -q '1 up'; }

start_store() {
  local fsid=$1 mon=$2 uuid
  monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$((mon + 1)),v1:127.0.0.1:$mon]" "$DIR/monmap" \
    >"$DIR/monmap.log" 2>&1
  ceph-mon -c "$DIR/ceph.conf" -i a --mkfs --monmap "$DIR/monmap" >>"$DIR/monmap.log" 2>&1
  launch "$DIR" mon ceph-mon -c "$DIR/ceph.conf" -i a -f
  await "$DIR" mon 60 cluster -s || return 1
  uuid=$(cat /proc/sys/kernel/random/uuid)
  cluster osd new "$uuid" 0
  ceph-osd -c "$DIR/ceph.conf" -i 0 --mkfs --osd-uuid "$uuid" >"$DIR/osd-mkfs.log" 2>&1
  launch "$DIR" osd ceph-osd -c "$DIR/ceph.conf" -i 0 -f
  await "$DIR" osd 60 osd_up
}

# The default placement knows only STANDARD; the others are plain names for the same pool.
add_classes() {
  local class
  for class in STANDARD_IA GLACIER; do
    admin zonegroup placement add --rgw-zonegroup default --placement-id default-placement --storage-class "$class"
    admin zone placement add --rgw-zone default --placement-id default-placement --storage-class "$class" \
      --data-pool default.rgw.buckets.data
  done
}

start() {
  local port=$2 mon fsid
  DIR=$1
  rm -rf "$DIR/mon" "$DIR/osd" "$DIR/rgw" "$DIR/run" "$DIR/monmap"
  mkdir -p "$DIR/mon" "$DIR/osd" "$DIR/rgw" "$DIR/run" "$DIR/crash"
  mon=$(free_port)
  while listening $((mon + 1)) || [ "$mon" = "$port" ] || [ $((mon + 1)) = "$port" ]; do mon=$(free_port); done
  fsid=$(cat /proc/sys/kernel/random/uuid)
  write_conf "$DIR" "$port" "$mon" "$fsid"
  export CEPH_CONF=$DIR/ceph.conf
  start_store "$fsid" "$mon" || return 1
  admin user create --uid=asof --display-name=asof --access-key="$KEY" --secret-key="$SECRET" || return 1
  add_classes || return 1
  launch "$DIR" rgw radosgw -c "$DIR/ceph.conf" -n client.rgw.a -f
  await "$DIR" rgw 60 listening "$port" || return 1
  printf '%s\n' "ASOF_TEST_RGW_URL=http://127.0.0.1:$port" "ASOF_TEST_RGW_KEY=$KEY" "ASOF_TEST_RGW_SECRET=$SECRET" >"$DIR/env"
}

stop() { end_all "$1" "${DAEMONS[@]}"; }

main "$@"
