/** The bytes of one message for one connection: shared with others unless something in them is this connection's own. */
import type { Sink } from '../session/outlet.js';
import type { Form, Publication } from './publication.js';

/** Null when it is larger than the client takes [MQTT-3.1.2-24]. `now` counts only for messages that expire. */
export function sinkForm(
  publication: Publication,
  sink: Sink,
  numbered: boolean,
  identifiers: readonly number[] | null,
  now: number,
): Form | null {
  if (sink.aliases !== null) {
    const aliased = withAlias(publication, sink, numbered, identifiers, now);
    if (aliased !== null) return aliased;
  }
  const special = sink.v5 && (identifiers !== null || publication.expiresAt > 0);
  const form = special ? publication.formFor(numbered, identifiers, now) : publication.form(sink.v5, numbered);
  return fits(form, sink) ? form : null;
}

/** A topic the client knows by alias is left out [MQTT-3.3.2-11]; one that it does not know yet gets the next free alias. */
function withAlias(
  publication: Publication,
  { aliases, packetBytesMax }: Sink,
  numbered: boolean,
  identifiers: readonly number[] | null,
  now: number,
): Form | null {
  const { topic } = publication;
  const known = aliases!.of(topic);
  const alias = known > 0 ? known : aliases!.next;
  if (alias === 0) return null;
  const form = publication.formFor(numbered, identifiers, now, { topicAlias: alias, topic: known > 0 ? '' : topic });
  if (form.end - form.start > packetBytesMax) return null;
  if (known === 0) aliases!.give(topic);
  return form;
}

function fits(form: Form, sink: Sink): boolean {
  return form.end - form.start <= sink.packetBytesMax;
}
