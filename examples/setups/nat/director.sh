#!/bin/sh
# Director of a NAT set-up: clients on eth0, servers on eth1. start | stop | status
VIP=192.168.50.129
INNER=172.16.1.1
RIP1=172.16.1.135
RIP2=172.16.1.136

case "$1" in
start)
  ip addr replace $VIP/24 dev eth0
  ip addr replace $INNER/24 dev eth1
  echo 1 > /proc/sys/net/ipv4/ip_forward
  # Servers shall go on sending their answers through the director.
  echo 0 > /proc/sys/net/ipv4/conf/all/send_redirects
  echo 0 > /proc/sys/net/ipv4/conf/eth1/send_redirects
  ipvsadm -A -t $VIP:80 -s rr
  ipvsadm -a -t $VIP:80 -r $RIP1:80 -m
  ipvsadm -a -t $VIP:80 -r $RIP2:80 -m
  ;;
stop)
  ipvsadm -D -t $VIP:80
  ip addr del $VIP/24 dev eth0
  ;;
status)
  ipvsadm -L -n
  ;;
*)
  echo "Usage: $0 {start|stop|status}" >&2
  exit 2
  ;;
esac
