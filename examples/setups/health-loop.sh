#!/bin/sh
# Checks the servers of a service again and again: one that does not answer gets weight 0; when all have failed, the
# sorry server on the director gets weight 1. Run it on the director:
#
#   VIP=192.168.50.1 SERVERS="192.168.50.135=1 192.168.50.136=3" ./health-loop.sh
#
# METHOD is -g, -m or -i; INTERVAL the seconds between rounds; ROUNDS how many there are, 0 = no end.
set -u
VIP=${VIP:-192.168.50.1}
PORT=${PORT:-80}
SERVERS=${SERVERS:-"192.168.50.135=1 192.168.50.136=3"}
METHOD=${METHOD:--g}
INTERVAL=${INTERVAL:-5}
ROUNDS=${ROUNDS:-0}
CHECK=${CHECK:-"curl -fsS -m 3 -o /dev/null"}
SORRY=127.0.0.1
states=

# All settings are written each time: an edit returns what it does not name to its default.
weigh() { # SERVER WEIGHT METHOD
  case "$states" in
  *" $1=$2 "*) return 0 ;;
  esac
  ipvsadm -e -t "$VIP:$PORT" -r "$1:$PORT" "$3" -w "$2" || return 0
  echo "$1 has weight $2"
  states=$(printf '%s' "$states" | sed "s/ $1=[0-9]* / /g")" $1=$2 "
}

round=0
while [ "$ROUNDS" -eq 0 ] || [ "$round" -lt "$ROUNDS" ]; do
  alive=0
  for entry in $SERVERS; do
    server=${entry%=*}
    if $CHECK "http://$server:$PORT/" 2>/dev/null; then
      weigh "$server" "${entry#*=}" "$METHOD"
      alive=$((alive + 1))
    else
      weigh "$server" 0 "$METHOD"
    fi
  done
  if [ "$alive" -eq 0 ]; then weigh "$SORRY" 1 -g; else weigh "$SORRY" 0 -g; fi
  round=$((round + 1))
  sleep "$INTERVAL"
done
