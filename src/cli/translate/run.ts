/**
 * One run through a capture: from its source through a translation to its output, a chunk at a time.
 */
import { captureCopier } from '../../captures/capture-copier.js';
import { describeFault } from '../../captures/capture-fault.js';
import type { CaptureReader } from '../../captures/capture-reader.js';
import type { CaptureCopier } from '../../captures/copied-packet.js';
import { describeLinkType } from '../../captures/links/link-type-names.js';
import { linkRuleOf } from '../../captures/links/link-types.js';
import { InputError } from '../command.js';
import type { Io } from '../io.js';
import { Progress } from '../progress.js';
import { CaptureOutput } from './capture-output.js';
import type { CaptureSource } from './capture-source.js';
import type { Translation } from './translation.js';

/** Leads a capture through a translation. */
export class Run {
  private readonly source: CaptureSource;
  private readonly reader: CaptureReader;
  private readonly translation: Translation;

  /**
   * @param source - Where the capture is read from.
   * @param reader - Reads it.
   * @param translation - What it is led through.
   */
  constructor(source: CaptureSource, reader: CaptureReader, translation: Translation) {
    this.source = source;
    this.reader = reader;
    this.translation = translation;
  }

  /**
   * Does it.
   *
   * @param to - The file to write, or `-`.
   * @param format - What is written; default what is read.
   * @param io - Where progress is shown.
   * @param showsProgress - Whether it is.
   * @returns Why not everything could be read; `undefined` when it could.
   * @throws {InputError} When nothing can be read, or the format written cannot have a packet.
   * @throws {OutputError} When the output cannot be written.
   */
  async through(
    to: string,
    format: 'pcap' | 'pcapng' | undefined,
    io: Io,
    showsProgress: boolean,
  ): Promise<string | undefined> {
    const { source } = this;
    try {
      const hasRecord = await this.findFirst();
      const output = new CaptureOutput(to, (stats) => source.isSameFile(stats));
      const progress = new Progress(io, Math.max(1, source.lengthBytes));
      try {
        const from = this.reader.format ?? 'pcap';
        const copier = captureCopier(from, format ?? from, output);
        if (hasRecord) await this.takeAll(copier, output, showsProgress ? progress : undefined);
        copier.finish();
      } catch (error) {
        output.abandon();
        throw error;
      } finally {
        progress.finish();
      }
      output.close();
      return this.damage();
    } finally {
      source.close();
    }
  }

  /** Reads on to the first record, so that what is no capture is refused before the output is touched. */
  private async findFirst(): Promise<boolean> {
    const { source, reader } = this;
    while (!reader.next()) {
      if (reader.fault === undefined && (await source.fill(reader))) continue;
      throw new InputError(`${source.name}: ${this.damage() ?? 'is empty: expected a capture'}`);
    }
    this.refuseUnreadable();
    return true;
  }

  /** A classic file has one link type, so it is refused as a whole. */
  private refuseUnreadable(): void {
    const { record, format } = this.reader;
    const { linkType } = record.interface;
    if (format !== 'pcap' || linkRuleOf(linkType) !== undefined) return;
    const name = describeLinkType(linkType);
    throw new InputError(
      `${this.source.name}: has packets of link type ${name}, which is not read: expected one that carries IP, such as Ethernet (1), raw IP (101) or Linux cooked (113, 276); tshark -r IN shows what is in it`,
    );
  }

  private async takeAll(
    copier: CaptureCopier,
    output: CaptureOutput,
    progress: Progress | undefined,
  ): Promise<void> {
    const { source, reader, translation } = this;
    const { record } = reader;
    let isRead = true;
    for (;;) {
      while (isRead) {
        if (record.kind === 'packet') translation.take(record, copier);
        else copier.pass(record);
        if (copier.fault !== undefined) {
          throw new InputError(`${source.name}: ${describeFault(copier.fault)}`);
        }
        isRead = reader.next();
      }
      output.endRange();
      progress?.update(source.readBytes);
      if (reader.fault !== undefined || !(await this.fill(output))) return;
      isRead = reader.next();
    }
  }

  private fill(output: CaptureOutput): Promise<boolean> {
    this.source.onCaughtUp = () => output.flushAll();
    return this.source.fill(this.reader);
  }

  private damage(): string | undefined {
    const { reader, source } = this;
    const { fault, packets } = reader;
    if (fault !== undefined) {
      const where = packets === 0 ? '' : `, behind packet ${packets}`;
      return `${describeFault(fault)}${where}`;
    }
    if (source.damage !== undefined) return source.damage;
    if (reader.bytesPending === 0) return undefined;
    if (reader.format === undefined || packets === 0)
      return 'ends within its header or first packet';
    return `ends within a packet, behind packet ${packets}`;
  }
}
