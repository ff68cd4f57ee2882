/** What a state means to the person who looks. The five tones are the only use of green, amber and red. */
export type Tone = 'ok' | 'busy' | 'warn' | 'bad' | 'idle';
