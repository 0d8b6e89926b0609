/**
 * Captures on the disk: one is read a mebibyte at a time, another one written the same way, so that they
 * may be larger than the memory.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type PcapLinkType, PcapReader, type PcapRecord, PcapWriter } from '../../pcap/index.js';
import { InputError } from '../command.js';
import { fileErrorReason } from '../file-error.js';
import { OutputFile } from '../output.js';

const CHUNK = 1 << 20;

/** A capture that is read. */
export class CaptureInput {
  /** How many bytes the file has. */
  readonly lengthBytes: number;
  /** How many of them were read. */
  readBytes = 0;
  private readonly path: string;
  private readonly file: number;
  private readonly reader = new PcapReader();
  /** The first packet, by which the file header is read, too. */
  private first: PcapRecord | undefined;

  /**
   * @param path - The file.
   * @throws {InputError} When it cannot be read or is no capture.
   */
  constructor(path: string) {
    this.path = path;
    try {
      this.file = openSync(path, 'r');
      this.lengthBytes = fstatSync(this.file).size;
      this.more();
    } catch (error) {
      throw new InputError(`${path}: cannot be read: ${fileErrorReason(error)}`);
    }
    this.lookAhead();
  }

  /** What is in front of the IP header. */
  get linkType(): PcapLinkType {
    const { linkType } = this.reader;
    if (linkType === undefined) throw new InputError(`${this.path}: no pcap file: it is too short`);
    return linkType;
  }

  /**
   * Goes through the packets once, and closes the file.
   *
   * @returns The packets in order.
   * @throws {InputError} When the file ends within a packet or breaks the format.
   */
  *records(): Iterable<PcapRecord> {
    try {
      let record = this.first;
      while (record !== undefined) {
        yield record;
        record = this.reader.next();
        while (record === undefined && this.more()) record = this.reader.next();
      }
      this.requireSound();
      if (this.reader.bytesPending > 0) throw new InputError(`${this.path}: ends within a packet`);
    } finally {
      closeSync(this.file);
    }
  }

  private lookAhead(): void {
    this.first = this.reader.next();
    while (this.first === undefined && this.more()) this.first = this.reader.next();
    this.requireSound();
  }

  private more(): boolean {
    const chunk = new Uint8Array(CHUNK);
    const length = readSync(this.file, chunk);
    this.readBytes += length;
    if (length > 0) this.reader.add(chunk.subarray(0, length));
    return length > 0;
  }

  private requireSound(): void {
    const { fault } = this.reader;
    if (fault !== undefined) throw new InputError(`${this.path}: no classic pcap file: ${fault}`);
  }
}

/** A capture that is written. */
export class CaptureOutput {
  private readonly file: OutputFile;
  private readonly writer: PcapWriter;

  /**
   * @param path - The file; what it held is lost.
   * @param linkType - What is in front of the IP header.
   * @throws {OutputError} When it cannot be written.
   */
  constructor(path: string, linkType: PcapLinkType) {
    this.file = new OutputFile(path);
    this.writer = new PcapWriter({ linkType, nanoseconds: true });
    this.file.write(this.writer.header());
  }

  /**
   * Adds a packet.
   *
   * @param bytes - The packet.
   * @param cause - The packet that it came of, whose time it gets.
   * @throws {OutputError} When the file cannot be written.
   */
  write(bytes: Uint8Array, { seconds, nanoseconds }: PcapRecord): void {
    this.file.write(this.writer.record({ seconds, nanoseconds, bytes }));
  }

  /**
   * Writes out what is left, and closes the file.
   *
   * @throws {OutputError} When the file cannot be written.
   */
  close(): void {
    this.file.close();
  }
}
