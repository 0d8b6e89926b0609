/**
 * The templates of a service and those of other processes.
 *
 * A template is announced when it is made, and again when its end has moved by an eighth of its timeout; a copy lives an
 * eighth longer than was announced. So no copy ends before its original, and a client that is used every minute costs
 * eight messages per timeout and not one per connection.
 */
import type { RealServer } from '../../model/real-server.js';
import type { ServerList } from '../../model/server-list.js';
import type { TemplateExchange, TemplateListener } from '../../services/template-exchange.js';
import type { RememberedTemplate, SharedState } from './shared-state.js';

/** The part of a timeout by which a template's end may move without being announced. */
const SHARE_OF_TIMEOUT = 8;

/** Keeps templates and the shared state consistent. */
export class SharedTemplates implements TemplateListener {
  private readonly templates: TemplateExchange;
  private readonly servers: ServerList;
  private readonly state: SharedState;
  private readonly onChange: () => void;
  /** The end of each template by its slot, as it was announced. */
  private readonly announced: number[] = [];
  private isApplying = false;

  /**
   * @param templates - The service's door.
   * @param servers - The service's servers.
   * @param state - The shared state.
   * @param onChange - Called when this process has something new to say.
   */
  constructor(
    templates: TemplateExchange,
    servers: ServerList,
    state: SharedState,
    onChange: () => void,
  ) {
    this.templates = templates;
    this.servers = servers;
    this.state = state;
    this.onChange = onChange;
    templates.listener = this;
  }

  used(slot: number): void {
    const { templates } = this;
    const expiryMs = templates.expiryMs(slot);
    const server = templates.serverOf(slot);
    const sinceMs = expiryMs - (this.announced[slot] ?? 0);
    if (server === undefined || sinceMs < templates.timeoutMs / SHARE_OF_TIMEOUT) return;
    this.announced[slot] = expiryMs;
    this.state.setTemplate(templates.keyOf(slot), String(server), expiryMs);
    this.onChange();
  }

  ended(slot: number): void {
    this.announced[slot] = 0;
    if (this.isApplying) return;
    const key = this.templates.keyOf(slot);
    const template = this.state.template(key);
    if (template !== undefined && template.expiryMs <= this.templates.timers.now()) {
      this.state.forgetTemplate(key);
    }
  }

  /**
   * Makes the template that another process has written.
   *
   * @param key - Its key.
   * @param template - What was written.
   */
  apply(key: string, { server, expiryMs }: RememberedTemplate): void {
    const { templates } = this;
    const known = this.find(server);
    if (known === undefined || templates.timeoutMs === 0) return;
    const leftMs = Math.round(expiryMs - templates.timers.now());
    if (leftMs <= 0) return;
    const graceMs = Math.ceil(templates.timeoutMs / SHARE_OF_TIMEOUT);
    this.isApplying = true;
    templates.put(key, known, Math.min(leftMs, templates.timeoutMs) + graceMs);
    this.isApplying = false;
  }

  /**
   * Makes the templates that waited for a server.
   *
   * @param server - The server, which was added. Cost: O(templates).
   */
  serverAdded(server: RealServer): void {
    const name = String(server);
    for (const [key, template] of this.state.remembered()) {
      if (template.server === name) this.apply(key, template);
    }
  }

  /** Stops taking part; templates stay. */
  close(): void {
    if (this.templates.listener === this) this.templates.listener = undefined;
  }

  private find(name: string): RealServer | undefined {
    try {
      return this.servers.get(name);
    } catch {
      return undefined;
    }
  }
}
