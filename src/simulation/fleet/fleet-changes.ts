/**
 * What events do to a fleet: to its directors, and to the servers of its services.
 */
import { IpvsError, show } from '../../errors.js';
import { formatEndpoint } from '../../endpoint.js';
import { IpAddress } from '../../ip-address.js';
import type { Director } from '../../director/director.js';
import type { ServerOptions } from '../../model/server-settings.js';
import {
  describeFleetEvent,
  type FleetAddServerEvent,
  type FleetDirectorEvent,
  type FleetEvent,
  type FleetServerEvent,
  MOST_DIRECTORS,
} from './fleet-event.js';
import type { FleetMembers } from './fleet-members.js';
import type { FleetServer, FleetServerState } from './fleet-servers.js';
import type { FleetService } from './fleet-service.js';

/** What each event makes of a server, and of servers in which state it can. */
const CHANGES: Readonly<
  Record<FleetServerEvent['kind'], { to: FleetServerState; from: readonly FleetServerState[] }>
> = {
  'fail-server': { to: 'failed', from: ['running', 'drained'] },
  drain: { to: 'drained', from: ['running'] },
  'restore-server': { to: 'running', from: ['drained', 'failed'] },
};

/**
 * Lets an event happen.
 *
 * @param event - The event; of `sync-loss` only the beginning.
 * @param members - The directors.
 * @param services - The services.
 * @throws {RangeError} When there is no director of this number.
 * @throws {IpvsError} `ERR_FLEET_EVENT` when what it names has failed already, or never did;
 *   `ERR_SERVER_NOT_FOUND` when no service has the server; `ERR_SERVER_EXISTS` when one has it already.
 */
export function applyFleetEvent(
  event: FleetEvent,
  members: FleetMembers,
  services: readonly FleetService[],
): void {
  switch (event.kind) {
    case 'add-director':
      return addDirector(members);
    case 'fail-director':
    case 'restore-director':
      return changeDirector(event, members);
    case 'sync-loss':
      members.network.isLossy = true;
      return;
    case 'add-server':
      return addServer(event, members, services);
    default:
      return changeServers(event, members, services);
  }
}

function addDirector(members: FleetMembers): void {
  if (members.members.length >= MOST_DIRECTORS) {
    throw new RangeError(`Cannot add a director: expected at most ${MOST_DIRECTORS}`);
  }
  members.add();
}

function changeDirector(event: FleetDirectorEvent, members: FleetMembers): void {
  const { length } = members.members;
  if (event.director > length) {
    throw new RangeError(
      `Cannot ${describeFleetEvent(event)}: expected a director 1–${length}, got ${event.director}`,
    );
  }
  const index = event.director - 1;
  const isFailing = event.kind === 'fail-director';
  if (members.members[index].isUp !== isFailing) {
    throw clash(event, isFailing ? 'it has failed already' : 'it runs');
  }
  if (isFailing) members.fail(index);
  else members.restore(index);
}

function addServer(
  event: FleetAddServerEvent,
  members: FleetMembers,
  services: readonly FleetService[],
): void {
  const { server, weight } = event;
  const { address, port } = endpointOf(server);
  const joined = services.filter(({ service }) => service.family === address.family);
  if (joined.length === 0) {
    throw new IpvsError(
      'ERR_SERVER_ADDRESS',
      `Cannot add server ${server}: no service of its family`,
    );
  }
  for (const { service, servers } of joined) {
    const like: ServerOptions | undefined = servers.list[0]?.options;
    const options: ServerOptions = {
      ...like,
      address,
      port: port ?? like?.port ?? service.port,
      weight: weight ?? like?.weight ?? 1,
    };
    const known = servers.find(formatEndpoint(address, options.port));
    if (known.some(({ state }) => state === 'failed')) {
      throw clash(event, 'it has failed, restore-server brings it back');
    }
    members.configure((director) => director.addServer(service, options));
    servers.add(options);
  }
}

function changeServers(
  event: FleetServerEvent,
  members: FleetMembers,
  services: readonly FleetService[],
): void {
  const { to, from } = CHANGES[event.kind];
  const named = services.flatMap((each) =>
    each.servers.find(event.server).map((server) => ({ each, server })),
  );
  if (named.length === 0) {
    const known = [...new Set(services.flatMap(({ servers }) => servers.list.map(nameOf)))];
    throw new IpvsError(
      'ERR_SERVER_NOT_FOUND',
      `Cannot ${describeFleetEvent(event)}: expected one of ${known.join(', ')}`,
    );
  }
  const changing = named.filter(({ server }) => from.includes(server.state));
  if (changing.length === 0) throw clash(event, `it is ${named[0].server.state}`);
  for (const { each, server } of changing) {
    members.configure(changeOf(each, server, to));
    server.state = to;
    if (to === 'failed') each.lose(each.servers.list.indexOf(server));
  }
}

/** What a server's change of state is on one director. */
function changeOf(
  { service }: FleetService,
  { options, state }: FleetServer,
  to: FleetServerState,
): (director: Director) => void {
  if (to === 'failed') return (director) => void director.removeServer(service, options);
  if (state === 'failed') return (director) => void director.addServer(service, options);
  const weight = to === 'drained' ? 0 : (options.weight ?? 1);
  return (director) => void director.editServer(service, options, { weight });
}

function nameOf({ name }: FleetServer): string {
  return name;
}

function clash(event: FleetEvent, state: string): IpvsError {
  return new IpvsError('ERR_FLEET_EVENT', `Cannot ${describeFleetEvent(event)}: ${state}`);
}

/** The address and, if there is one, the port of a server's text. */
function endpointOf(text: string): { address: IpAddress; port: number | undefined } {
  const address = IpAddress.tryParse(text);
  if (address !== undefined) return { address, port: undefined };
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const host = IpAddress.tryParse(match?.[1] ?? match?.[2] ?? '');
  const port = Number(match?.[3]);
  if (host !== undefined && port <= 65_535) return { address: host, port };
  throw new RangeError(`Cannot add a server: expected ADDRESS or ADDRESS:PORT, got ${show(text)}`);
}
