import type { BusyConnection } from '../../../src/run/kernel-path.js';

/**
 * A busy connection as an engine reports it: to 192.0.2.1:80, masqueraded to 10.0.0.1:8080.
 *
 * @param other - What is otherwise.
 */
export function busyConnection(other: Partial<BusyConnection> = {}): BusyConnection {
  return {
    id: '1.0',
    family: 4,
    protocol: 'tcp',
    method: 'masquerading',
    client: '198.51.100.7',
    clientPort: 4000,
    virtual: '192.0.2.1',
    virtualPort: 80,
    server: '10.0.0.1',
    serverPort: 8080,
    service: 'TCP 192.0.2.1:80',
    serverName: '10.0.0.1:8080',
    ...other,
  };
}
