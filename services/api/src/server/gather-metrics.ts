/** One page of figures from several processes: each line gets its process's name as a label, each metric its help once. */
import { request } from 'node:http';

const TIMEOUT_MS = 1_000;

/** Asks the process behind a health socket; null when it does not answer. */
export function metricsOf(socketPath: string): Promise<string | null> {
  return new Promise((done) => {
    const outgoing = request({ socketPath, path: '/metrics', host: 'localhost', timeout: TIMEOUT_MS }, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      done(response.statusCode === 200 ? text : null);
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.once('error', () => done(null));
    outgoing.end();
  });
}

/** Joins pages in the Prometheus text format. */
export function joinMetrics(pages: readonly { process: string; text: string }[]): string {
  const families = new Map<string, { head: string[]; samples: string[] }>();
  for (const { process, text } of pages) {
    let family = '';
    for (const line of text.split('\n').filter((each) => each !== '')) {
      const [, keyword, name] = /^# (HELP|TYPE) (\S+)/.exec(line) ?? [];
      if (name !== undefined) family = name;
      const entry = families.get(family) ?? { head: [], samples: [] };
      families.set(family, entry);
      if (keyword === undefined) entry.samples.push(labelled(line, process));
      else if (!entry.head.some((known) => known.startsWith(`# ${keyword} `))) entry.head.push(line);
    }
  }
  return [...families.values()].flatMap(({ head, samples }) => [...head, ...samples, '']).join('\n');
}

function labelled(sample: string, process: string): string {
  return sample.replace(
    /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?( )/,
    (_, name, labels) => `${name}{process="${process}"${labels ? `,${labels}` : ''}} `,
  );
}
