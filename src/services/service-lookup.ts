/**
 * Which service a packet belongs to. The first that exists of:
 *
 * 1. the service of the packet's firewall mark, in the packet's family;
 * 2. the service of its protocol, destination address and port;
 * 3. for TCP to port 20 or an unprivileged port: the service on port 21 (FTP data, see `ftp-rules.ts`);
 * 4. the service of its protocol and address on port 0.
 *
 * It works on numbers and allocates nothing. Cost: O(1); steps 3 and 4 are skipped while no
 * service needs them. Source: ipvsadm(8), and recorded decisions.
 */
import type { AddressWords } from '../address-words.js';
import type { AddressFamily } from '../ip-address.js';
import { PROTOCOL_TCP, protocolNumber } from '../protocols.js';
import { FTP_PORT, mayBeFtpData } from './ftp-rules.js';
import { kindOf, ServiceIndex } from './service-index.js';
import type { ServiceKey } from './service-key.js';
import type { Service } from './service.js';

/** The address of services with a mark. */
const NO_ADDRESS: AddressWords = { family: 4, word0: 0, word1: 0, word2: 0, word3: 0 };

/** Finds services, by packet and by name. */
export class ServiceLookup {
  private readonly index = new ServiceIndex();
  private readonly sizes = { 4: 0, 6: 0 };
  private ftpServices = 0;
  private anyPortServices = 0;

  /**
   * How many services there are of a family.
   *
   * @param family - 4 or 6.
   * @returns 0 or more.
   */
  sizeOf(family: AddressFamily): number {
    return this.sizes[family];
  }

  /**
   * Finds the service of a packet.
   *
   * @param mark - The packet's firewall mark; 0 = none.
   * @param protocol - The number of its protocol.
   * @param address - Its destination address.
   * @param port - Its destination port.
   * @returns The service, or `undefined` when there is none.
   */
  find(mark: number, protocol: number, address: AddressWords, port: number): Service | undefined {
    const { index } = this;
    if (mark !== 0) {
      const marked = this.marked(address.family, mark);
      if (marked !== undefined) return marked;
    }
    const kind = kindOf(address.family, protocol);
    let service = index.get(kind, port, address);
    if (
      service === undefined &&
      this.ftpServices > 0 &&
      protocol === PROTOCOL_TCP &&
      mayBeFtpData(port)
    ) {
      service = index.get(kind, FTP_PORT, address);
    }
    if (service === undefined && this.anyPortServices > 0) service = index.get(kind, 0, address);
    return service;
  }

  /**
   * Finds the service of a firewall mark.
   *
   * @param family - 4 or 6.
   * @param mark - The mark, 1–4294967295.
   * @returns The service, or `undefined` when there is none.
   */
  marked(family: AddressFamily, mark: number): Service | undefined {
    return this.index.get(kindOf(family, 0), mark, NO_ADDRESS);
  }

  /**
   * Finds a service by its name alone.
   *
   * @param key - The name, checked.
   * @returns The service, or `undefined` when there is none.
   */
  get({ family, fwmark, protocol, address, port }: ServiceKey): Service | undefined {
    if (fwmark !== 0) return this.marked(family, fwmark);
    return this.index.get(kindOf(family, protocolNumber(protocol)), port, address);
  }

  /**
   * Adds a service that is not there yet.
   *
   * @param service - The service.
   */
  add(service: Service): void {
    this.index.add(service);
    this.count(service, 1);
  }

  /**
   * Removes a service.
   *
   * @param service - The service, which is there.
   */
  remove(service: Service): void {
    this.index.delete(service);
    this.count(service, -1);
  }

  private count(service: Service, step: number): void {
    this.sizes[service.family] += step;
    if (service.fwmark !== 0) return;
    if (service.port === 0) this.anyPortServices += step;
    if (service.port === FTP_PORT && service.protocolNumber === PROTOCOL_TCP)
      this.ftpServices += step;
  }
}
