/** The machine streams that this api holds, by machine. Which api holds which is in `machine_streams`. */
import { Injectable } from '@nestjs/common';
import type { Question } from '@rookery/contracts/questions';

export interface OpenStream {
  readonly streamId: string;
  ask(question: Question): void;
  close(): void;
}

@Injectable()
export class MachineStreams {
  private readonly open = new Map<string, OpenStream>();

  /** A machine has one stream: a newer one takes the place of an older, which is closed. */
  add(machineId: string, stream: OpenStream): void {
    this.open.get(machineId)?.close();
    this.open.set(machineId, stream);
  }

  remove(machineId: string, stream: OpenStream): void {
    if (this.open.get(machineId) === stream) this.open.delete(machineId);
  }

  /** False: the machine's stream is not here. */
  ask(machineId: string, question: Question): boolean {
    const stream = this.open.get(machineId);
    stream?.ask(question);
    return stream !== undefined;
  }

  get machineIds(): readonly string[] {
    return [...this.open.keys()];
  }

  /** Ends the machine's stream, if it is here. */
  close(machineId: string): void {
    this.open.get(machineId)?.close();
  }

  get count(): number {
    return this.open.size;
  }

  closeAll(): void {
    for (const stream of this.open.values()) stream.close();
  }
}
