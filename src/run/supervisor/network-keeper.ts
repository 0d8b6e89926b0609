/**
 * Keeps the machine's network in line with the services while the director runs: addresses, gateways, marks.
 *
 * What comes is set up before its command is done; what goes is left for the end, as the addresses of a director are.
 */
import type { Command } from '../../ipvsadm/command.js';
import { IpAddress } from '../../ip-address.js';
import type { ServerOptions } from '../../model/server-settings.js';
import type { ServiceName } from '../../services/service-key.js';
import { createServiceKey } from '../../services/service-key.js';
import { runPlan, type UndoFile } from '../command-runner.js';
import { type DatagramSettings, looksAtDatagrams } from '../datagram-services.js';
import {
  datagramMerging,
  gatewayMark,
  planAddress,
  planGateway,
  planNewMark,
  planVirtual,
} from '../network-plan.js';
import { RunError } from '../run-error.js';
import type { FamilyMark, SupervisorSettings } from '../settings.js';
import { type Step, step } from '../step.js';

/** The part of the network that depends on services. */
export class NetworkKeeper {
  private readonly settings: SupervisorSettings;
  private readonly undo: UndoFile;
  private readonly addresses: Set<string>;
  private readonly numbers: Map<string, number>;
  private readonly marks: FamilyMark[];

  /**
   * @param settings - What was set up at the start.
   * @param undo - Keeps what takes the changes back.
   */
  constructor(settings: SupervisorSettings, undo: UndoFile) {
    this.settings = settings;
    this.undo = undo;
    this.addresses = new Set(settings.virtualAddresses);
    this.marks = [...settings.marks];
    this.numbers = new Map(settings.gateways.map((address, index) => [address, index]));
  }

  /**
   * The marks that lead to servers of direct routing.
   *
   * @returns By the server's address.
   */
  gateways(): Record<string, number> {
    return Object.fromEntries(
      [...this.numbers].map(([address, index]) => [address, gatewayMark(index)]),
    );
  }

  /**
   * What is set up now, in the form of the settings.
   *
   * @returns The part of the settings that has changed since the start.
   */
  present(): Pick<SupervisorSettings, 'virtualAddresses' | 'gateways' | 'marks'> {
    const { addresses, numbers, marks } = this;
    return { virtualAddresses: [...addresses], gateways: [...numbers.keys()], marks };
  }

  /**
   * Sets up what a command needs.
   *
   * @param command - The command, which was not done yet.
   * @returns Whether there are gateways that the engine does not know.
   * @throws {RunError} When it cannot be set up while the director runs.
   */
  prepare(command: Command): boolean {
    if (command.command === 'add-service') this.prepareService(command.service);
    if (command.command === 'add-service' || command.command === 'edit-service') {
      const { settings, persistenceEngine } = command;
      this.prepareDatagrams({ ...settings, persistenceEngine });
    }
    if (command.command === 'add-server' || command.command === 'edit-server') {
      return this.prepareServer(command.server);
    }
    return false;
  }

  private prepareService(name: ServiceName): void {
    const { fwmark, family, address } = createServiceKey(name);
    if (fwmark !== 0) {
      this.prepareMark({ family, mark: fwmark });
      return;
    }
    const text = address.toString();
    if (this.addresses.has(text)) return;
    const { clientInterface, addAddresses } = this.settings;
    const own = addAddresses ? planAddress(clientInterface, address).map(tolerant) : [];
    runPlan([...planVirtual(address), ...own], this.undo);
    this.addresses.add(text);
  }

  private prepareMark(added: FamilyMark): void {
    const { marks } = this;
    if (marks.some(({ family, mark }) => family === added.family && mark === added.mark)) return;
    this.requireNft();
    const { clientInterface, serverInterface } = this.settings;
    const interfaces = [...new Set([clientInterface, serverInterface])];
    runPlan(planNewMark(interfaces, added, [...marks, added]), this.undo);
    marks.push(added);
  }

  private requireNft(): void {
    if (this.settings.hasMarks) return;
    throw new RunError("marks and direct routing need nft: install Debian's nftables, start again");
  }

  /** Datagrams are no longer merged when a service looks at each of them. */
  private prepareDatagrams(service: DatagramSettings): void {
    if (!this.settings.isMergingDatagrams || !looksAtDatagrams(service)) return;
    const { clientInterface, serverInterface } = this.settings;
    const commands = [clientInterface, serverInterface].map((each) => datagramMerging(each)[1]);
    runPlan(
      commands.map((command) => tolerant(step(command))),
      this.undo,
    );
  }

  private prepareServer({ address, forwardingMethod }: ServerOptions): boolean {
    if (forwardingMethod === 'tunneling' && this.settings.isMerging) {
      throw new RunError('tunnels need packets that are not merged: start with --plain');
    }
    if (forwardingMethod === 'masquerading' || forwardingMethod === 'tunneling') return false;
    const server = IpAddress.from(address);
    const text = server.toString();
    if (this.numbers.has(text)) return false;
    this.requireNft();
    const index = this.numbers.size;
    runPlan(planGateway(this.settings.serverInterface, server, index), this.undo);
    this.numbers.set(text, index);
    return true;
  }
}

/** An address that the host has already is no fault. */
function tolerant(step: Step): Step {
  return { ...step, mayFail: true };
}
