/**
 * Clients whose deployment does not listen: it sleeps, or its process has just died. They are held, so many and for so
 * long, while the agent is asked to bring it up.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { openSocket, reachNow, type RuntimeLink } from './reach-runtime.js';
import type { Waker } from './waker.js';

/** Between two tries of the door itself, ms: an agent that is away cannot say that it is open. */
const LOOK_MS = 500;
const RETRY_MS = 20;

export interface Bounds {
  heldMax: number;
  /** Of one deployment: its crowd shall not take the places of all others. */
  heldOfDeploymentMax: number;
  bytesMax: number;
  holdMs: number;
}

export class WaitingRoom {
  private bytes = 0;
  private held = 0;
  private readonly byDeployment = new Map<string, number>();

  constructor(
    private readonly waker: Waker,
    private readonly bounds: Bounds,
  ) {}

  get size(): number {
    return this.held;
  }

  /** Resolves to the open link, or to null when there was no room, no time, or no use. `asSocket`: no bare handle. */
  async wait(
    deploymentId: string,
    bytes: number,
    targets: () => readonly string[],
    gone: AbortSignal,
    asSocket: boolean,
  ): Promise<RuntimeLink | null> {
    const before = this.byDeployment.get(deploymentId) ?? 0;
    const { heldMax, heldOfDeploymentMax, bytesMax } = this.bounds;
    if (this.held >= heldMax || before >= heldOfDeploymentMax || this.bytes + bytes > bytesMax) return null;
    this.held++;
    this.bytes += bytes;
    this.byDeployment.set(deploymentId, before + 1);
    try {
      return await this.untilOpen(deploymentId, targets, gone, asSocket);
    } finally {
      this.held--;
      this.bytes -= bytes;
      const left = this.byDeployment.get(deploymentId)! - 1;
      if (left > 0) this.byDeployment.set(deploymentId, left);
      else {
        this.byDeployment.delete(deploymentId);
        this.waker.forget(deploymentId);
      }
    }
  }

  private async untilOpen(id: string, targets: () => readonly string[], gone: AbortSignal, asSocket: boolean): Promise<RuntimeLink | null> {
    const deadline = Date.now() + this.bounds.holdMs;
    while (!gone.aborted && Date.now() < deadline) {
      const woken = await Promise.race([this.waker.wake(id), pause(Math.min(LOOK_MS, deadline - Date.now()), null)]);
      if (woken?.ok === false) {
        if (woken.retryMs === null || Date.now() + woken.retryMs > deadline) return null;
        await pause(woken.retryMs);
        continue;
      }
      const link = await reachNow(targets(), asSocket ? openSocket : undefined);
      if (link !== null) return link;
      if (woken !== null) await pause(RETRY_MS);
    }
    return null;
  }
}
