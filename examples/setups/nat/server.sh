#!/bin/sh
# Real server of a NAT set-up: all it needs is the director as its gateway. start | stop | status
GATEWAY=172.16.1.1

case "$1" in
start)
  ip route replace default via $GATEWAY
  ;;
stop)
  ip route del default via $GATEWAY
  ;;
status)
  ip route show default
  ;;
*)
  echo "Usage: $0 {start|stop|status}" >&2
  exit 2
  ;;
esac
