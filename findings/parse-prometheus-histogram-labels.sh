#!/usr/bin/env bash
# parse-prometheus-text-format 1.1.1: a histogram of two servers is read as one, of the last server's bucket, without
# sums and counts.
#
# Every latency histogram of a balancer has a label besides `le`. The parser keeps the buckets of all series in one
# object by their `le` alone, and drops `_sum` and `_count` where they have labels. Nothing is raised.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . parse-prometheus-text-format@1.1.1
cat > seen.cjs <<'JS'
const parse = require('parse-prometheus-text-format');
const text = `# TYPE connect_seconds histogram
connect_seconds_bucket{server="a",le="1"} 2
connect_seconds_bucket{server="a",le="+Inf"} 3
connect_seconds_sum{server="a"} 4
connect_seconds_count{server="a"} 3
connect_seconds_bucket{server="b",le="1"} 5
connect_seconds_bucket{server="b",le="+Inf"} 6
connect_seconds_sum{server="b"} 8
connect_seconds_count{server="b"} 6
`;
console.log(`parse-prometheus-text-format ${require('parse-prometheus-text-format/package.json').version}`);
console.log(JSON.stringify(parse(text)[0].metrics));
JS
node seen.cjs | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -qF '[{"buckets":{"1":"5","+Inf":"6"}}]' seen.txt || changed
