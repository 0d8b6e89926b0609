/**
 * Texts as people have them, each with what it comes to. Their features are those of public scripts, listings and
 * configurations; the texts are our own.
 */

/** A text that is understood. */
export interface UnderstoodCase {
  /** What is special about it. */
  readonly feature: string;
  readonly text: string;
  /** The rules it comes to, as `ipvsadm -S -n` writes them. */
  readonly rules: string;
}

/** A text that is refused. */
export interface RefusedCase {
  /** What is special about it. */
  readonly feature: string;
  readonly text: string;
  readonly line: number;
  /** What the refusal names. */
  readonly found: RegExp;
  readonly allowed: RegExp;
}

const ONE = `-A -t 192.0.2.1:80 -s rr
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1
`;
const TWO = `${ONE}-a -t 192.0.2.1:80 -r 10.0.0.2:80 -g -w 1
`;

/** Scripts that are followed. */
export const SCRIPTS: readonly UnderstoodCase[] = [
  {
    feature: 'variables, comments and a path of the tool',
    text: `#!/bin/bash
vip=192.0.2.1
# the servers
rs1=10.0.0.1
rs2='10.0.0.2'
/sbin/ipvsadm -C   # old rules
/sbin/ipvsadm -A -t $vip:80 -s rr
/sbin/ipvsadm -a -t $vip:80 -r $rs1:80 -g
/sbin/ipvsadm -a -t "\${vip}:80" -r "$rs2:80" -g
/sbin/ipvsadm -Ln
`,
    rules: TWO,
  },
  {
    feature: 'the tool in a variable, with sudo',
    text: `IPVSADM='/usr/sbin/ipvsadm'
sudo $IPVSADM -A -t 192.0.2.1:80 -s rr
sudo -n \${IPVSADM} -a -t 192.0.2.1:80 -r 10.0.0.1:80 -g
`,
    rules: ONE,
  },
  {
    feature: 'the tool in a variable that another file sets',
    text: `. /etc/lvs.conf
$IPVSADM -A -t 192.0.2.1:80 -s rr
$IPVSADM -a -t 192.0.2.1:80 -r 10.0.0.1 -g
`,
    rules: ONE,
  },
  {
    feature: 'start, stop and status, and a service that is installed when it is missing',
    text: `#!/bin/bash
VIP=192.0.2.1
case "$1" in
start)
  echo 1 > /proc/sys/net/ipv4/ip_forward
  rpm -qa | grep ipvsadm >> /dev/null
  if [ $? -ne 0 ]; then
    yum -y install ipvsadm
  fi
  ipvsadm -C
  ipvsadm -A -t $VIP:80 -s rr
  ipvsadm -a -t $VIP:80 -r 10.0.0.1 -g
;;
stop)
  ipvsadm -C
;;
*)
  echo "Usage: $0 {start|stop|status}"
;; esac
`,
    rules: ONE,
  },
  {
    feature: 'functions that a case calls',
    text: `#!/bin/sh
IPVSADM=/sbin/ipvsadm
VIP=192.0.2.1; PORT=80
start() {
    ip addr add \${VIP}/32 dev eth0
    $IPVSADM --set 30 5 60
    $IPVSADM -A -t \${VIP}:\${PORT} -s rr
    add 10.0.0.1
    add 10.0.0.2
}
function add {
    local rip="$1"
    $IPVSADM -a -t \${VIP}:\${PORT} \\
        -r $rip:\${PORT} -g
}
stop() { $IPVSADM -C; }
case $1 in
    start) start ;;
    stop) stop ;;
    restart) stop; sleep 1; start ;;
    *) echo $"Usage: $0"; exit 2 ;;
esac
`,
    rules: TWO,
  },
  {
    feature: 'a function that ends the script',
    text: `done_with() { [ "$1" = all ] && exit 0; }
ipvsadm -A -t 192.0.2.1:80 -s rr
ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1 -g
done_with nothing
done_with all
ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.2 -g
`,
    rules: ONE,
  },
  {
    feature: 'a loop over the words of a variable',
    text: `RIPS="10.0.0.1 10.0.0.2"
ipvsadm -A -t 192.0.2.1:http -s rr
for rip in $RIPS; do ipvsadm -a -t 192.0.2.1:http -r $rip -g; done
`,
    rules: TWO,
  },
  {
    feature: 'a loop over a list of bash in several lines',
    text: `RS=(
10.0.0.1  # web1
10.0.0.2
)
ipvsadm -A -t 192.0.2.1:80 -s rr
for rs in "\${RS[@]}"
do
  ipvsadm -a -t 192.0.2.1:80 -r $rs:80 -g -w 1
done
`,
    rules: TWO,
  },
  {
    feature: 'loops over numbers, and arithmetic',
    text: `ipvsadm -A -t 192.0.2.1:80 -s rr
for i in {1..1}; do ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.$i -g; done
for i in $(seq 1 1); do ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.$((i + 1)) -g; done
`,
    rules: TWO,
  },
  {
    feature: 'server and weight in one word, taken apart',
    text: `ipvsadm -A -t 192.0.2.1:80 -s rr
for each in 10.0.0.1=1 10.0.0.2=1; do
  ipvsadm -a -t 192.0.2.1:80 -r \${each%=*}:80 -w \${each##*=} -g
done
`,
    rules: TWO,
  },
  {
    feature: 'options in a variable, and a default',
    text: `MODE=-g
OPTIONS="-s \${SCHED:-rr}"
ipvsadm -A -t 192.0.2.1:80 $OPTIONS
ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1 $MODE
`,
    rules: ONE,
  },
  {
    feature: 'elements of a list one by one, from 1, and a counter',
    text: `VIPS[1]=192.0.2.1
VIPS[2]=192.0.2.2
i=0
for vip in "\${VIPS[@]}"; do
  let i++
  ipvsadm -A -t $vip:80 -s rr
  ipvsadm -a -t \${VIPS[$i]}:80 -r 10.0.0.$i -g
  ((i+=1)); ((i--))
done
`,
    rules: `-A -t 192.0.2.1:80 -s rr
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1
-A -t 192.0.2.2:80 -s rr
-a -t 192.0.2.2:80 -r 10.0.0.2:80 -g -w 1
`,
  },
  {
    feature: 'a loop that counts up as C does',
    text: `RIP=(10.0.0.1 10.0.0.2)
WEIGHT=(1 3)
ipvsadm -A -t 192.0.2.1:80 -s wrr
for (( i = 0; i < \${#RIP[@]}; i++ )); do
  ipvsadm -a -t 192.0.2.1:80 -r \${RIP[$i]} -m -w \${WEIGHT[i]}
done
for ((n=3;n<=3;++n)); do ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.$n -m; done
`,
    rules: `-A -t 192.0.2.1:80 -s wrr
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 1
-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 3
-a -t 192.0.2.1:80 -r 10.0.0.3:80 -m -w 1
`,
  },
  {
    feature: 'a here-document',
    text: `VIP=192.0.2.1
ipvsadm -R <<EOF >/dev/null 2>&1
-A -t $VIP:80 -s rr
# a comment
-a -t $VIP:80 -r 10.0.0.1:80 -g -w 1
EOF
`,
    rules: ONE,
  },
  {
    feature: 'a here-document with tabs, and one that is taken as it is',
    text: `/sbin/ipvsadm-restore <<-'RULES'
\t-A -t 192.0.2.1:80 -s rr
\t-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g
\tRULES
`,
    rules: ONE,
  },
  {
    feature: 'echo of several lines in front of a restore, each with the name of the tool',
    text: `echo "
  ipvsadm -C
  ipvsadm -A -t 192.0.2.1:80 -s rr
  ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1:80 -g
" | ipvsadm -R
`,
    rules: ONE,
  },
  {
    feature: 'cat of a here-document in front of a restore',
    text: `cat <<EOF | sudo ipvsadm -R
-A -t 192.0.2.1:80 -s rr
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g
EOF
`,
    rules: ONE,
  },
  {
    feature: 'a here-string for a restore, and commands behind it',
    text: `ipvsadm -R <<< "-A -t 192.0.2.1:80 -s rr"
ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1 -g
`,
    rules: ONE,
  },
  {
    feature: 'printf with -- in front of a format, which takes one server after the other',
    text: `printf -- '-A -t %s:%d -s rr\\n' 192.0.2.1 80 192.0.2.2 81 | ipvsadm -R
ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1 -g
ipvsadm -D -t 192.0.2.2:81
`,
    rules: ONE,
  },
  {
    feature: 'variables that a subshell changes for itself, and one that is unset',
    text: `VIP=192.0.2.1 RIP=10.0.0.1
(VIP=192.0.2.9; unset RIP; exit 1)
ipvsadm -A -t $VIP:80 -s rr
ipvsadm -a -t $VIP:80 -r $RIP -g
unset VIP
ipvsadm -D -t \${VIP:-192.0.2.1}:81 2>/dev/null
`,
    rules: ONE,
  },
  {
    feature: 'defaults that are kept, made of others, or there only with a value',
    text: `: \${VIP:=192.0.2.1} \${PORT=80}
TIME=
RS=\${RS:-"10.0.0.1:$PORT"}
ipvsadm -A -t $VIP:$PORT -s rr \${TIME:+-p $TIME}
ipvsadm -a -t $VIP:$PORT -r $RS \${VIP:+-g -w 1}
`,
    rules: ONE,
  },
  {
    feature: 'variables of a function, and of one command',
    text: `VIP=192.0.2.1 PORT=80
add() { local VIP=192.0.2.9 i; for i in 1 2; do PORT=$i; done; }
i=1
PORT=9 add
VIP=192.0.2.8 true
ipvsadm -A -t $VIP:$PORT -s rr
ipvsadm -a -t $VIP:$PORT -r 10.0.0.$i -g
`,
    rules: ONE,
  },
  {
    feature: 'a function that fails, and a loop that ends the one around it',
    text: `absent() { return 1; }
for net in 0 1; do
  for n in 1 2 3; do
    [ $n = 2 ] && break 2
    absent && ipvsadm -A -t 192.0.2.9:80
    absent || ipvsadm -A -t 192.0.2.1:80 -s rr
    ipvsadm -a -t 192.0.2.1:80 -r 10.0.$net.$n -g
  done
done
`,
    rules: ONE,
  },
  {
    feature: 'commands copied from a terminal, with their output',
    text: `[root@lvs ~]# ipvsadm -A -t 192.0.2.1:80 -s rr
[root@lvs ~]# ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1:80 -g
[root@lvs ~]# ipvsadm -v
ipvsadm v1.31 2019/12/24 (compiled with popt and IPVS v1.2.1)
`,
    rules: ONE,
  },
  {
    feature: 'a prompt with a dollar, and a continued command',
    text: `admin@lvs:~$ sudo ipvsadm -A -t 192.0.2.1:80 -s rr
admin@lvs:~$ sudo ipvsadm -a -t 192.0.2.1:80 \\
    -r 10.0.0.1:80 -g
`,
    rules: ONE,
  },
  {
    feature: 'long options, some with an equals sign',
    text: `VIP=192.0.2.1
ipvsadm --add-service --tcp-service $VIP:80 --scheduler=rr
ipvsadm --add-server -t $VIP:80 --real-server 10.0.0.1:80 --gatewaying --weight 1
`,
    rules: ONE,
  },
  {
    feature: 'cleaning up what is not there, and chains',
    text: `ipvsadm -D -t 192.0.2.1:80 2>/dev/null || true
ipvsadm -A -t 192.0.2.1:80 -s rr && ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1 -g || exit 1
`,
    rules: ONE,
  },
  {
    feature: 'a condition over variables, and an end before the rest',
    text: `ROLE=master
if [ "$ROLE" = "backup" ]; then
  ipvsadm -A -t 192.0.2.9:80
elif [[ $ROLE == mas* && -x /sbin/ipvsadm ]]; then
  ipvsadm -A -t 192.0.2.1:80 -s rr
  ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1 -g
fi
exit 0
ipvsadm -C
`,
    rules: ONE,
  },
  {
    feature: 'conditions that only the machine knows, with nothing of the tool in them',
    text: `if ! lsmod | grep -q ip_vs; then modprobe ip_vs; fi
while read line; do echo "$line"; done < /etc/motd
ping -c 1 10.0.0.1 && echo up
[ -f /etc/lvs ] && . /etc/lvs
ipvsadm -A -t 192.0.2.1:80 -s rr
ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1 -g
ipvsadm-save -n > /etc/sysconfig/ipvsadm
`,
    rules: ONE,
  },
  {
    feature: 'several commands in a line, and Windows line ends',
    text: 'ipvsadm -A -t 192.0.2.1:80 -s rr; ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1 -g\r\nexit 0\r\n',
    rules: ONE,
  },
  {
    feature: 'settings of the kernel among the commands',
    text: `sysctl -w net.ipv4.vs.conn_reuse_mode=0
echo 1 > /proc/sys/net/ipv4/vs/expire_nodest_conn
ipvsadm -A -t 192.0.2.1:80 -s rr
ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1 -g
`,
    rules: ONE,
  },
];

/** Listings, files of /proc and configurations that are understood. */
export const LISTINGS: readonly UnderstoodCase[] = [
  {
    feature: 'a listing between words, its indentation lost',
    text: `Here is what we have:
\`\`\`
# ipvsadm -ln
IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
-> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP 192.0.2.1:80 rr
-> 10.0.0.1:80 Route 1 5 14048
\`\`\`
`,
    rules: ONE,
  },
  {
    feature: 'a listing of one service, without its first line',
    text: `Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  192.0.2.1:80 rr
  -> 10.0.0.1:80                  Route   1      2          243
`,
    rules: ONE,
  },
  {
    feature: 'a listing without any header',
    text: 'TCP  192.0.2.1:80 rr\n  -> 10.0.0.1:80 Route 1 0 0\n',
    rules: ONE,
  },
  {
    feature: 'names of ports',
    text: `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  192.0.2.1:http rr
  -> 10.0.0.1:http                Route   1      0          0
`,
    rules: ONE,
  },
  {
    feature: 'persistence, masks, flags, one packet, marks of both families',
    text: `IP Virtual Server version 1.2.1 (size=1048576)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  192.0.2.1:443 wlc persistent 300 mask 255.255.255.0
UDP  192.0.2.1:53 sh (sh-fallback,sh-port) ops
  -> 10.0.0.3:5353                Masq    1      0          0
FWM  7 mh (mh-port) persistent 360
FWM  -2 IPv6 rr
  -> [2001:db8::9]:0              Tunnel  3      0          0
`,
    rules: `-A -f 4294967294 -6 -s rr
-a -f 4294967294 -6 -r [2001:db8::9]:0 -i -w 3 --tun-type ipip
-A -t 192.0.2.1:443 -s wlc -p 300 -M 255.255.255.0
-A -u 192.0.2.1:53 -s sh -o -b sh-fallback,sh-port
-a -u 192.0.2.1:53 -r 10.0.0.3:5353 -m -w 1
-A -f 7 -s mh -p 360 -b mh-port
`,
  },
  {
    feature: 'listings one after the other: thresholds, tunnels and timeouts of the same director',
    text: `Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward TunnelInfo    Weight ActiveConn InActConn
TCP  192.0.2.1:80 rr
  -> 10.0.0.1:80                  Tunnel  gue:6080:+c   4      1          0
  -> 10.0.0.2:80                  Route   n/a           1      1          0
Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn
  -> RemoteAddress:Port
TCP  192.0.2.1:80 rr
  -> 10.0.0.1:80                  100        50         1          0
  -> 10.0.0.2:80                  0          0          1          0
Timeout (tcp tcpfin udp): 900 120 300
`,
    rules: `-A -t 192.0.2.1:80 -s rr
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -i -w 4 --tun-type gue --tun-port 6080 --tun-csum -x 100 -y 50
-a -t 192.0.2.1:80 -r 10.0.0.2:80 -g -w 1
`,
  },
  {
    feature: 'statistics alone: what they do not show has its default',
    text: `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
  -> RemoteAddress:Port
TCP  192.0.2.1:80                        6    80022        0  115203K        0
  -> 10.0.0.1:80                         6    80022        0  115203K        0
`,
    rules: ONE.replace('rr', 'wlc'),
  },
  {
    feature: 'rates alone',
    text: `Prot LocalAddress:Port                 CPS    InPPS   OutPPS    InBPS   OutBPS
  -> RemoteAddress:Port
TCP  192.0.2.1:80                        1        2        0      100        0
  -> 10.0.0.1:80                         1        2        0      100        0
`,
    rules: ONE.replace('rr', 'wlc'),
  },
  {
    feature: 'templates per server',
    text: `Prot LocalAddress:Port            Weight    PersistConn ActiveConn InActConn
  -> RemoteAddress:Port
TCP  192.0.2.1:80 rr persistent 60
  -> 10.0.0.1:80                  1         3           1          0
`,
    rules: ONE.replace('rr', 'rr -p 60'),
  },
  {
    feature: '/proc/net/ip_vs, newest server first, with masks and marks',
    text: `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
UDP  C0000201:0035 rr ops
  -> 0A000063:0052      Masq    13     1          0
TCP  C0000201:01BB sh persistent 30000 FFFFFF00
TCP  [2001:0DB8:0000:0000:0000:0000:0000:0001]:0050 sh persistent 12000 40000000
  -> [2001:0DB8:0000:0000:0000:0000:0000:0002]:0050      Route   1      1          1
FWM  0000000A wlc
  -> 0A00001A:0CEA      Local   0      0          1
`,
    rules: `-A -t 192.0.2.1:443 -s sh -p 300 -M 255.255.255.0
-A -u 192.0.2.1:53 -s rr -o
-a -u 192.0.2.1:53 -r 10.0.0.99:82 -m -w 13
-A -t [2001:db8::1]:80 -s sh -p 120 -M 64
-a -t [2001:db8::1]:80 -r [2001:db8::2]:80 -g -w 1
-A -f 10 -s wlc
-a -f 10 -r 10.0.0.26:3306 -g -w 0
`,
  },
  {
    feature: 'rows of /proc/net/ip_vs without a header',
    text: 'TCP  C0000201:0050 rr  \n  -> 0A000001:0050      Route   1      0          0         \n',
    rules: ONE,
  },
];

/** Texts that are refused, with what the refusal names. */
export const REFUSED: readonly RefusedCase[] = [
  {
    feature: 'a value that only the machine knows',
    text: 'IP=$(hostname -I)\nipvsadm -A -t $IP:80 -s rr\n',
    line: 2,
    found: /hostname -I/,
    allowed: /a value for IP that is known, line 1/,
  },
  {
    feature: 'a variable that the script never sets',
    text: '#!/bin/sh\nipvsadm -A -t $VIP:80 -s rr\n',
    line: 2,
    found: /^\$VIP$/,
    allowed: /a variable that the script sets/,
  },
  {
    feature: 'rules in the environment',
    text: 'if [ -z "${RULES+x}" ]; then exit 1; fi\nipvsadm -C\necho "$RULES" | ipvsadm -R\n',
    line: 3,
    found: /\$RULES/,
    allowed: /a variable that the script sets/,
  },
  {
    feature: 'rules of a substituted process',
    text: 'ipvsadm -C\nipvsadm -R < <(grep -v "^#" /etc/rules)\n',
    line: 2,
    found: /<\(grep/,
    allowed: /here-document/,
  },
  {
    feature: 'settings in another namespace',
    text: 'sudo nsenter --net=/run/ns/lb sysctl -w net.ipv4.vs.conn_reuse_mode=0\n',
    line: 1,
    found: /nsenter/,
    allowed: /sysctl called by the script itself/,
  },
  {
    feature: 'a value that is read from a person',
    text: 'read -p "VIP? " VIP\nipvsadm -A -t $VIP:80\n',
    line: 2,
    found: /read/,
    allowed: /line 1/,
  },
  {
    feature: 'a loop without end that watches servers',
    text: 'VIP=192.0.2.1\nwhile :\ndo\n  for ip in 10.0.0.1; do ipvsadm -d -t $VIP:80 -r $ip; done\n  sleep 1\ndone\n',
    line: 2,
    found: /while/,
    allowed: /for loops over lists/,
  },
  {
    feature: 'a loop that counts by twos',
    text: 'RIP=(10.0.0.1 10.0.0.2)\nfor (( i = 0; i < 2; i += 2 )); do\n  ipvsadm -a -t 192.0.2.1:80 -r ${RIP[$i]} -g\ndone\n',
    line: 2,
    found: /for \(\(/,
    allowed: /for loops over lists/,
  },
  {
    feature: 'a loop that counts too far',
    text: 'ipvsadm -A -t 192.0.2.1:80\nfor ((i=0;i<1000000000;i++)); do ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.$i; done\n',
    line: 2,
    found: /^\(\(i=0;i<1000000000;i\+\+\)\)$/,
    allowed: /a list of 65,536 numbers at most/,
  },
  {
    feature: 'a condition that only the machine knows',
    text: 'if ping -c 1 10.0.0.1; then\n  ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1\nfi\n',
    line: 1,
    found: /ping -c 1/,
    allowed: /a condition that can be known/,
  },
  {
    feature: 'the same before ||',
    text: 'ipvsadm -Ln | grep -q 10.0.0.1 || ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1\n',
    line: 1,
    found: /grep -q/,
    allowed: /a condition that can be known/,
  },
  {
    feature: 'rules in another file',
    text: '#!/bin/sh\nipvsadm -C\nipvsadm -R < /etc/sysconfig/ipvsadm\n',
    line: 3,
    found: /sysconfig\/ipvsadm/,
    allowed: /here-document/,
  },
  {
    feature: 'rules that another program writes',
    text: 'generate 100 | ipvsadm -R\n',
    line: 1,
    found: /generate 100/,
    allowed: /echo, printf or cat/,
  },
  {
    feature: 'the tool on another host',
    text: 'ssh lvs2 ipvsadm -A -t 192.0.2.1:80 -s rr\n',
    line: 1,
    found: /ssh lvs2/,
    allowed: /called by the script itself/,
  },
  {
    feature: 'the tool in another namespace',
    text: 'NS=blue\nsudo ip netns exec "$NS" ipvsadm -A -t 192.0.2.1:80\n',
    line: 2,
    found: /ip netns exec/,
    allowed: /called by the script itself/,
  },
  {
    feature: 'dashes of a word processor',
    text: 'VIP=192.0.2.1\nipvsadm –a –t $VIP:80 –r 10.0.0.1:80 –g\n',
    line: 2,
    found: /–a/,
    allowed: /plain hyphen/,
  },
  {
    feature: 'a case that knows other arguments',
    text: 'case $1 in\nb)\nipvsadm -C\n;;\nm)\nipvsadm -A -t 192.0.2.1:80\n;;\nesac\n',
    line: 1,
    found: /^start$/,
    allowed: /b, m/,
  },
  {
    feature: 'a function that calls itself',
    text: 'f() { ipvsadm -C; f; }\nf\n',
    line: 1,
    found: /^f$/,
    allowed: /do not call themselves/,
  },
  {
    feature: 'a quotation without its end',
    text: 'VIP="192.0.2.1\nipvsadm -A -t $VIP:80\n',
    line: 1,
    found: /VIP=/,
    allowed: /the end of a quotation/,
  },
  {
    feature: 'a block without its end',
    text: 'for i in 1 2; do\n  ipvsadm -C\n',
    line: 3,
    found: /end of the script/,
    allowed: /'done'/,
  },
  {
    feature: 'a program in another language',
    text: '#!/usr/bin/env ruby\nputs "hello"\n',
    line: 1,
    found: /ruby/,
    allowed: /rules of ipvsadm, a script/,
  },
  {
    feature: 'a service without a scheduler',
    text: 'Prot LocalAddress:Port Scheduler Flags\nTCP  192.0.2.1:80\n',
    line: 2,
    found: /nothing/,
    allowed: /its scheduler/,
  },
  {
    feature: 'a server without a service',
    text: 'Prot LocalAddress:Port Scheduler Flags\n  -> 10.0.0.1:80 Route 1 0 0\n',
    line: 2,
    found: /10\.0\.0\.1/,
    allowed: /its service in a line before/,
  },
  {
    feature: 'an unknown method',
    text: 'TCP  192.0.2.1:80 rr\n  -> 10.0.0.1:80 FullNat 1 0 0\n',
    line: 2,
    found: /FullNat/,
    allowed: /Route, Tunnel, Masq or Local/,
  },
  {
    feature: 'names of hosts, which nothing resolves',
    text: 'TCP  www.example.com:http rr\n',
    line: 1,
    found: /www\.example\.com/,
    allowed: /names are not resolved/,
  },
  {
    feature: 'a connection without the port of its server',
    text: 'pro expire state       source             virtual            destination\nTCP 14:59 CLOSE 198.51.100.1:5 192.0.2.1:80 10.0.0.1\n',
    line: 2,
    found: /10\.0\.0\.1/,
    allowed: /an address and a port/,
  },
  {
    feature: 'a setting without its value',
    text: 'net.ipv4.vs.am_droprate = 10\nnet.ipv4.vs\n',
    line: 2,
    found: /net\.ipv4\.vs/,
    allowed: /a setting such as/,
  },
];
