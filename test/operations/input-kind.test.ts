import { describe, expect, it } from 'vitest';
import { inputKindOf } from '../../src/operations/input-kind.js';

describe('the kind of a text', () => {
  it.each([
    ['', 'ipvsadm'],
    ['# rules\n-A -t 192.0.2.1:80\n', 'ipvsadm'],
    ['-A -t 192.0.2.1:80 -s rr\nvirtual_server 1.1.1.1 80 {\n', 'ipvsadm'],
    ['ipvsadm -A -t 192.0.2.1:80', 'ipvsadm'],
    ['! comment\n\nvirtual_server 192.0.2.1 80 {\n', 'keepalived'],
    ['\tglobal_defs {\n}\n', 'keepalived'],
    ['$VIP=192.0.2.1\nvirtual_server ${VIP} 80 {', 'keepalived'],
    ['include conf.d/*.conf\n', 'keepalived'],
    ['@main virtual_server 192.0.2.1 80 {', 'keepalived'],
    ['bogus {\n}\n  virtual_server fwmark 3 {', 'keepalived'],
  ] as const)('of %j is %s', (text, kind) => {
    expect(inputKindOf(text)).toBe(kind);
  });
});
