/** What is wrong with bytes: a value, not an exception. MQTT 5 answers with the reason code, older versions close. */
export class Fault {
  constructor(
    readonly reasonCode: number,
    /** The normative statement that the bytes break. */
    readonly norm: string,
    readonly message: string,
  ) {}
}
