/**
 * One engine process as its supervisor sees it: requests and answers, and its end.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, constants, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { ANNOUNCEMENT, type Announcement, BUSY_CONNECTION } from '../engine/messages.js';
import type { EngineAnswer, EngineRequest } from '../engine/messages.js';
import { programPath } from '../program-path.js';
import { RunError } from '../run-error.js';
import type { UserSettings } from '../settings.js';
import { readAnswer, readObject } from './engine-answers.js';
import type { BusyConnection } from '../kernel-path.js';

/** The number of the message with which a spare engine says that it is ready. */
const SPARE = 0;
/** What is written at once; a pipe takes so much whole or not at all. */
const PIECE = 4096;
const FULL_PIPE_MS = 2;

/** What was answered. */
export type Reply =
  | Omit<Extract<EngineAnswer, { ok: true }>, 'id'>
  | Omit<Extract<EngineAnswer, { ok: false }>, 'id'>;

/** The answer of an engine that has ended. */
export const ENDED: Reply = { ok: false, text: 'the engine has ended', exitStatus: 2 };

/** What an engine's handle calls. */
export interface EngineHandleCalls {
  /** Rings the bell. */
  readonly ring: () => void;
  /** Takes the connections that the engine reports as busy. */
  readonly busy: (connection: BusyConnection) => void;
  /** Sends a message of the synchronization master. */
  readonly announce: (message: Announcement) => void;
}

/** An engine. */
export class EngineHandle {
  /** Settled when the process is ready to be started, or has ended before. */
  readonly ready: Promise<void>;
  /** Settled with the reason when the process has ended. */
  readonly ended: Promise<string>;
  private readonly process: ChildProcess;
  private readonly path: string;
  private readonly answers = new Map<number, (reply: Reply) => void>();
  private readonly calls: EngineHandleCalls;
  private pipe: Promise<FileHandle>;
  private hasEnded = false;
  private next = 1;
  private text = '';

  /**
   * Begins a process, which waits for its start.
   *
   * @param path - The pipe of its requests, which is made.
   * @param user - The user that it runs as.
   * @param calls - What it calls.
   */
  constructor(path: string, { uid, gid }: UserSettings, calls: EngineHandleCalls) {
    rmSync(path, { force: true });
    const { status } = spawnSync('mkfifo', ['-m', '600', path]);
    if (status !== 0) throw new RunError(`${path}: cannot make a pipe there`);
    chownSync(path, uid, gid);
    this.path = path;
    this.calls = calls;
    // The device is the standard input and output. A group of its own is out of reach of the terminal's signals.
    const words = [programPath('engine'), path, String(uid), String(gid)];
    this.process = spawn(process.execPath, words, {
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
      detached: true,
    });
    // Not waiting: an engine that has ended reads no more.
    this.pipe = open(path, constants.O_RDWR | constants.O_NONBLOCK);
    this.ended = new Promise((resolve) => {
      this.process.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
      this.process.once('error', (error) => resolve(error.message));
    });
    this.ready = new Promise((resolve) => {
      this.answers.set(SPARE, () => resolve());
      void this.ended.then(() => this.end(resolve));
    });
    const answers = this.process.stdio[3] as Readable;
    answers.setEncoding('utf8').on('data', (text: string) => this.read(text));
  }

  /** The number of the process; `undefined` when it could not be started. */
  get pid(): number | undefined {
    return this.process.pid;
  }

  /** Whether answers are awaited. */
  get isAsked(): boolean {
    return this.answers.size > 0;
  }

  /**
   * Asks the engine.
   *
   * @param request - The request.
   * @returns The answer; {@link ENDED} when the engine ends before it answers.
   */
  async ask(request: EngineRequest): Promise<Reply> {
    if (this.hasEnded) return ENDED;
    const id = this.next++;
    const reply = new Promise<Reply>((resolve) => this.answers.set(id, resolve));
    const bytes = Buffer.from(`${JSON.stringify({ id, request })}\n`);
    // Requests stay in order, since each waits for the one before.
    this.pipe = this.pipe.then(async (pipe) => {
      await this.write(pipe, bytes);
      return pipe;
    });
    return reply;
  }

  /** Ends the process at once. */
  kill(): void {
    this.process.kill('SIGKILL');
  }

  /** Writes a request piece by piece, while the engine reads it. */
  private async write(pipe: FileHandle, bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length && !this.hasEnded;) {
      const length = Math.min(PIECE, bytes.length - at);
      this.calls.ring();
      try {
        at += (await pipe.write(bytes, at, length, null)).bytesWritten;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
        await new Promise((resolve) => setTimeout(resolve, FULL_PIPE_MS));
      }
    }
    this.calls.ring();
  }

  private end(resolve: () => void): void {
    this.hasEnded = true;
    for (const answer of this.answers.values()) {
      answer(ENDED);
    }
    this.answers.clear();
    void this.pipe.then((pipe) => pipe.close()).catch(() => undefined);
    rmSync(this.path, { force: true });
    resolve();
  }

  private read(text: string): void {
    const lines = (this.text + text).split('\n');
    this.text = lines.pop() ?? '';
    for (const line of lines) {
      const answer = readAnswer(line);
      // An engine that writes anything else is replaced.
      if (answer === undefined) return this.kill();
      this.take(answer);
    }
  }

  private take({ id, ...reply }: EngineAnswer): void {
    const { busy, announce } = this.calls;
    if (id === BUSY_CONNECTION || id === ANNOUNCEMENT) {
      const message = readObject(reply.text) as (BusyConnection & Announcement) | undefined;
      if (message === undefined) this.kill();
      else if (id === BUSY_CONNECTION) busy(message);
      else announce(message);
    }
    this.answers.get(id)?.(reply);
    this.answers.delete(id);
  }
}
