#!/bin/sh
# Director of a tunneling set-up: the servers may be anywhere. start | stop | status
VIP=192.0.2.1
RIP1=203.0.113.41
RIP2=198.51.100.42

case "$1" in
start)
  ip addr replace $VIP/32 dev eth0
  ipvsadm -A -t $VIP:80 -s wrr
  ipvsadm -a -t $VIP:80 -r $RIP1:80 -i -w 1
  ipvsadm -a -t $VIP:80 -r $RIP2:80 -i -w 1
  ;;
stop)
  ipvsadm -D -t $VIP:80
  ip addr del $VIP/32 dev eth0
  ;;
status)
  ipvsadm -L -n
  ;;
*)
  echo "Usage: $0 {start|stop|status}" >&2
  exit 2
  ;;
esac
