/**
 * Scripts whose calls of ipvsadm are compared with those that bash makes. They are our own.
 */

const raw = String.raw;

/** What is special about each script, and the script. */
export const SCRIPTS_OF_BASH: readonly (readonly [feature: string, script: string])[] = [
  [
    'quotations with escapes of C',
    raw`ipvsadm -A -t $'192.0.2.1:80' -s $'r\x72' -p $'1\u0030\060' $'it\'s' "$'a'" '$'`,
  ],
  [
    'a line end in a quotation with escapes',
    raw`L=$'10.0.0.1\n10.0.0.2'; for r in $L; do ipvsadm -a -t 192.0.2.1:80 -r $r; done`,
  ],
  ['unknown escapes, which stay', raw`ipvsadm $'a\zb' $'\t|\\|\?|\e|'`],
  ['a translated quotation', 'V=1; ipvsadm -A -t $"192.0.2.$V:80"'],
  ['another separator', 'IFS=,; L=10.0.0.1,10.0.0.2; for r in $L; do ipvsadm -a -r $r; done'],
  [
    'a separator that is set back',
    'OLD=$IFS; IFS=:; L=a:b:c; set -- $L; IFS=$OLD; M="d e"; ipvsadm "$2" $3 $M $L',
  ],
  ['empty fields', 'IFS=,; L=,a,,b,; ipvsadm x $L y'],
  ['white space and another separator', 'IFS=" ,"; L=" a , b c ,, d , "; ipvsadm $L'],
  ['no separator', 'IFS=; L="a b"; ipvsadm $L'],
  ['a separator that is unset', 'IFS=,; unset IFS; L="a b,c"; ipvsadm $L'],
  ['line ends as separators', "IFS=$'\\n'; L='a b\nc'; for x in $L; do ipvsadm $x \"$x\"; done"],
  [
    'a separator of a function',
    'f() { local IFS=/; ipvsadm $1; }; f 192.0.2.1/80; X=a/b; ipvsadm $X',
  ],
  ['a bracket and a hyphen as separators', "IFS=']-^'; L='a]b-c^d'; ipvsadm $L"],
  ['assignments, which divide nothing', 'A="a  b"; B=$A; IFS=,; C=x,y; D=$C; ipvsadm "$B" "$D"'],
  [
    'all arguments in one word',
    'set -- a b c; ipvsadm "$*" "${*}"; IFS=,; L=(1 2); ipvsadm "$*" "${L[*]}" "$@"',
  ],
  [
    'arguments that are set',
    'set -- 10.0.0.1 10.0.0.2; for r; do ipvsadm -a -r $r; done; ipvsadm $# $2',
  ],
  [
    'read of a here-string',
    'IFS=: read vip port rest <<< "192.0.2.1:80:rr:x"; X=a:b; ipvsadm $vip $port $rest $X',
  ],
  ['read into a list', 'IFS=, read -ra L <<< "a,b,,c"; for x in "${L[@]}"; do ipvsadm "$x"; done'],
  ['read with too few words', 'read a b c <<< "  one   two  "; ipvsadm "[$a]" "[$b]" "[$c]"'],
  [
    'read of the rest',
    'read a b <<< " one  two   three  "; ipvsadm "[$a]" "[$b]"; read -r <<< " x "; ipvsadm "[$REPLY]"',
  ],
  [
    'read with a separator at the end',
    'for l in a,b, a,b,c, ,a a; do IFS=, read x y <<< "$l"; ipvsadm "[$x]" "[$y]"; done',
  ],
  [
    'a loop over a here-document',
    'V=192.0.2.1\nwhile read -r ip weight; do\n  [ -z "$ip" ] && continue\n  case "$ip" in \\#*) continue;; esac\n  ipvsadm -a -t $V:80 -r $ip -w $weight\ndone <<EOF\n# servers\n10.0.0.1 1\n\n10.0.0.2   3\nEOF\nipvsadm "[$ip]"',
  ],
  [
    'a loop over a variable',
    'L="a 1\nb 2"; while read n w; do ipvsadm $n $w; c=$n; done <<< "$L"; ipvsadm $c',
  ],
  [
    'a loop behind a pipe, whose variables end with it',
    'c=x; printf "%s\\n" a b | while read n; do c=$n; ipvsadm $n; done; ipvsadm $c',
  ],
  [
    'a loop behind a pipe from a document',
    "cat <<'E' | while IFS=';' read n w; do\na;1\nb;2\nE\nipvsadm $n -w $w; done",
  ],
  [
    'a last line without an end',
    'printf "a\\nb" | while read n; do ipvsadm $n; done; printf "a\\nb" | while read n || [ -n "$n" ]; do ipvsadm x$n; done',
  ],
  [
    'a counter with expr',
    'i=1; while [ $i -le 3 ]; do ipvsadm -a -r 10.0.0.$i; i=$(expr $i + 1); done; ipvsadm $i',
  ],
  [
    'expr with backquotes and products',
    raw`i=2; j=${'`'}expr $i \* 3 - 1${'`'}; ipvsadm $j $(expr \( 1 + 08 \) / 2)`,
  ],
  ['a counter of bash', 'i=0; while (( i < 3 )); do ipvsadm $i; ((i++)); done'],
  [
    'a comparison of bash',
    'a=3; b=5; (( a < b )) && ipvsadm 1; ((a == b)) || ipvsadm 2; ((a>=b)) && ipvsadm 3; ((a+2 != $b)) && ipvsadm 4; :',
  ],
  ['a counter that goes down', 'n=3; until [ $n -eq 0 ]; do ipvsadm $n; n=$((n-1)); done'],
  [
    'a loop that is left',
    'n=0; while [ $n -lt 9 ]; do n=$((n+1)); [ $n = 2 ] && continue; [ $n = 4 ] && break; ipvsadm $n; done',
  ],
  [
    'loops in loops',
    'i=1; while [ $i -le 2 ]; do j=1; while [ $j -le 2 ]; do ipvsadm $i.$j; j=$((j+1)); done; i=$((i+1)); done',
  ],
  [
    'a function that reads',
    'f() { while read x; do ipvsadm -r $x; done; }; f <<EOF\na\nb\nEOF\n{ read p; read q; ipvsadm $p $q; } <<EOF\n1\n2\nEOF',
  ],
  [
    'parts of texts',
    'S=192.0.2.100; i=2; ipvsadm ${S:0:9} ${S:4} ${S: -3} ${S:i:3} ${S:$((i+1)):1} ${S:0:-4} "${S:20}"',
  ],
  [
    'parts of lists',
    'A=(a b c d); set -- w x y; ipvsadm "${A[@]:1}" "${A[@]:1:2}" ${@:2} "${@:1:1}" ${A[1]:0:1}',
  ],
  [
    'texts that are replaced',
    'A=10.0.0.1,10.0.0.2; B=a/b; ipvsadm ${A//,/ } "${A/./-}" ${A//./} ${B//\\//:} "${A//,/, }"',
  ],
  ['a variable by its name', 'VIP_1=a; VIP_2=b; for i in 1 2; do n=VIP_$i; ipvsadm ${!n}; done'],
  [
    'the places of a list',
    'R=(a b); W=(1 3); for i in "${!R[@]}"; do ipvsadm -r ${R[$i]} -w ${W[$i]}; done',
  ],
  [
    'numbers of other bases',
    'ipvsadm -f $((0x10)) $((010 + 1)) $(( 5 )) $[2+3]; x=0x1F; ipvsadm $((x))',
  ],
  [
    'lists with quotations in them',
    'A=("a b" c\\ d "$(echo e f)" $\'g h\'); ipvsadm "${A[@]}" ${#A[@]}',
  ],
  [
    'eval of an assignment',
    'R_1=a; R_2=b; r=none; for i in 1 2; do eval r=\\$R_$i; ipvsadm -r $r; done',
  ],
  [
    'eval of a function and its arguments',
    'f() { ipvsadm "$@"; }; c="f a b"; eval "$c; f \\$1"; eval f $# "\'x  y\'"',
  ],
  ['letters in braces', 'for x in {a..c} {z..y} x{1..2}{a,b}; do ipvsadm $x; done'],
  ['eval of a call', 'eval "ipvsadm -A -t 192.0.2.1:80"'],
  [
    'fields of cut and awk',
    "for s in a:1:x b:2:y; do n=$(echo $s | cut -d: -f1); w=`echo \"$s\"|cut -f 2 -d ':'`; ipvsadm $n $w $(cut -d : -f3 <<< $s) $(echo $s | awk -F: '{print $2}'); done",
  ],
  [
    'fields of awk at blanks',
    "s='  a  b c '; ipvsadm $(echo \"$s\" | awk '{ print $2; }') $(echo none | cut -d: -f2) [$(echo a:b | awk -F : '{print $3}')]",
  ],
  ['numbers of one width', 'for i in $(seq -w 8 10) $(seq -w 1 4 9); do ipvsadm $i; done'],
  [
    'arguments that are options of none',
    'V=a; while getopts "v:h" o; do case $o in v) V=$OPTARG;; esac; done; shift $((OPTIND-1)); ipvsadm $V $1',
  ],
  [
    'arguments one by one',
    'V=a; while [ $# -gt 0 ]; do case $1 in -v) V=$2; shift 2;; *) shift;; esac; done; ipvsadm $V $#',
  ],
  [
    'a counter behind its loop',
    'for ((i=1; i<=3; i++)); do :; done; ipvsadm $i; n=2; for ((i=0;i<n;i++)); do :; done; ipvsadm $i; for ((i=5;i<n;i++)); do :; done; ipvsadm $i',
  ],
  [
    'a number as a condition',
    'x=1; (( x )) && ipvsadm a; (( x - 1 )) || ipvsadm b; A=(a b); ipvsadm ${A[$((x))]} ${A[$((x-1))]}',
  ],
  ['a status', 'true; [ $? -eq 0 ] && ipvsadm a; f() { return 0; }; f; ipvsadm $?'],
  [
    'one character for another',
    "V=a,b,c; for x in $(echo $V | tr ',' ' ') $(echo $V | sed 's/,/ x/g') $(echo $V | sed s/b/d/); do ipvsadm $x; done",
  ],
  ['an end whose status is unknown', 'ipvsadm a; false; exit $?; ipvsadm b'],
];
