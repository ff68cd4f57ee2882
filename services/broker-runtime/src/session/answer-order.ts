/**
 * Acknowledgements leave in the order of the messages that they answer [MQTT-4.6.0-2], though some of these wait for the
 * disk and others need not.
 */
export class AnswerOrder {
  private taken = 0;
  private due = 0;
  /** Answers that came before their turn. */
  private early: Map<number, () => void> | null = null;

  /** The place of the next message. */
  take(): number {
    return this.taken++;
  }

  /** Whether everything before `place` is answered; then it counts as answered, and {@link release} is to follow. */
  isDue(place: number): boolean {
    if (place !== this.due) return false;
    this.due++;
    return true;
  }

  hold(place: number, answer: () => void): void {
    (this.early ??= new Map()).set(place, answer);
  }

  /** Gives the answers that have waited for those before them. */
  release(): void {
    const { early } = this;
    if (early === null) return;
    for (let answer = early.get(this.due); answer !== undefined; answer = early.get(this.due)) {
      early.delete(this.due++);
      answer();
    }
  }
}
