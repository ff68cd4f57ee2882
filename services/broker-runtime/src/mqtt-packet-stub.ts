/** Stands for mqtt-packet in the bundle: aedes' own client class, its only user, is never reached. */
export function parser(): never {
  throw new Error('mqtt-packet is not part of this bundle');
}
export const writeToStream = parser;
export const generate = parser;
export default { parser, writeToStream, generate };
