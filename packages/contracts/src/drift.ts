/** How what is there may differ from what was made. */
export const DRIFT_KINDS = ['MISSING', 'CHANGED'] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

export interface Drift {
  kind: DriftKind;
  /** Which attributes differ; of a thing that is missing none. */
  attributes: string[];
}
