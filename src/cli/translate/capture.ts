/**
 * Captures on the disk: one is read a mebibyte at a time, another one written the same way, so that they
 * may be larger than the memory.
 */
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { type PcapLinkType, PcapReader, type PcapRecord, PcapWriter } from '../../pcap/index.js';
import { InputError } from '../command.js';
import { fileErrorReason } from '../file-error.js';

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
  private readonly file: number;
  private readonly writer: PcapWriter;
  private pieces: Uint8Array[] = [];
  private pendingBytes = 0;

  /**
   * @param path - The file; what it held is lost.
   * @param linkType - What is in front of the IP header.
   * @throws {InputError} When it cannot be written.
   */
  constructor(path: string, linkType: PcapLinkType) {
    try {
      this.file = openSync(path, 'w');
    } catch (error) {
      throw new InputError(`${path}: cannot be written: ${fileErrorReason(error)}`);
    }
    this.writer = new PcapWriter({ linkType, nanoseconds: true });
    this.add(this.writer.header());
  }

  /**
   * Adds a packet.
   *
   * @param bytes - The packet.
   * @param cause - The packet that it came of, whose time it gets.
   */
  write(bytes: Uint8Array, { seconds, nanoseconds }: PcapRecord): void {
    this.add(this.writer.record({ seconds, nanoseconds, bytes }));
  }

  /** Writes out what is left, and closes the file. */
  close(): void {
    this.flush();
    closeSync(this.file);
  }

  private add(bytes: Uint8Array): void {
    this.pieces.push(bytes);
    this.pendingBytes += bytes.length;
    if (this.pendingBytes >= CHUNK) this.flush();
  }

  private flush(): void {
    const bytes = Buffer.concat(this.pieces);
    for (let at = 0; at < bytes.length;) at += writeSync(this.file, bytes, at);
    this.pieces = [];
    this.pendingBytes = 0;
  }
}
