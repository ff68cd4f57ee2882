/** Wills that may have to be published, also after a crash of this process. */
import type { AedesPacket } from './publication.js';

/** A will as the persistence contract shows it, with when it is due. */
export interface WillPacket extends AedesPacket {
  clientId?: string;
  brokerId?: string;
}

export class StoredWill {
  /** Store segment that holds its record. */
  home = 0;

  constructor(
    readonly clientId: string,
    readonly packet: WillPacket,
    /** Seconds between the end of the connection and the will [MQTT-3.1.3-9]. */
    readonly delaySeconds: number,
    /** Milliseconds since 1970 from when it may be published; 0 while its connection lives. */
    public dueAt: number,
  ) {}
}
