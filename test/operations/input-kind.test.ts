import { describe, expect, it } from 'vitest';
import { inputKindOf } from '../../src/operations/input-kind.js';

describe('the kind of a text', () => {
  it.each([
    ['', 'ipvsadm'],
    ['# rules\n-A -t 192.0.2.1:80\n', 'ipvsadm'],
    ['-A -t 192.0.2.1:80 -s rr\nvirtual_server 1.1.1.1 80 {\n', 'ipvsadm'],
    ['ipvsadm -A -t 192.0.2.1:80', 'ipvsadm'],
    ['ipvsadm -C\nipvsadm -A -t 192.0.2.1:80\n', 'ipvsadm'],
    ['! comment\n\nvirtual_server 192.0.2.1 80 {\n', 'keepalived'],
    ['\tglobal_defs {\n}\n', 'keepalived'],
    ['$VIP=192.0.2.1\nvirtual_server ${VIP} 80 {', 'keepalived'],
    ['include conf.d/*.conf\n', 'keepalived'],
    ['@main virtual_server 192.0.2.1 80 {', 'keepalived'],
    ['bogus {\n}\n  virtual_server fwmark 3 {', 'keepalived'],
    ['#!/bin/sh\nexit 0\n', 'script'],
    ['VIP=192.0.2.1\nipvsadm -A -t $VIP:80', 'script'],
    ['ipvsadm -A -t 192.0.2.1:80; ipvsadm -C', 'script'],
    ['sudo ipvsadm -C\n', 'script'],
    ['-> 10.0.0.1:80 Route 1 0 0', 'listing'],
    ['Dear all,\nIP Virtual Server version 1.2.1 (size=4096)\n', 'listing'],
    ['Timeout (tcp tcpfin udp): 900 120 300', 'listing'],
    ['net.ipv4.vs.conntrack = 0', 'sysctl'],
    ['/proc/sys/net/ipv4/vs/conntrack:0', 'sysctl'],
    ['net.ipv4.conf.eth0/5.rp_filter = 2', 'sysctl'],
    ['net/ipv4/vs/conntrack = 1', 'sysctl'],
  ] as const)('of %j is %s', (text, kind) => {
    expect(inputKindOf(text)).toBe(kind);
  });
});
