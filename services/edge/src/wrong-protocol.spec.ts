import { describe, expect, it } from 'vitest';
import { answerOnPlainPort, answerOnTlsPort, refuseConnect } from './wrong-protocol.js';

/** CONNECT of protocol level `level`, cut after the level, as far as a refusal reads. */
const connect = (level: number) => Buffer.from([0x10, 16, 0, 4, 0x4d, 0x51, 0x54, 0x54, level, 2, 0, 60]);

describe('wrong protocol on a port', () => {
  it('tells an MQTT 5 client on a TLS port in words that TLS is missing', () => {
    const answer = answerOnTlsPort(connect(5))!;
    expect(answer[0]).toBe(0x20);
    expect(answer[3]).toBe(0x83);
    expect(answer.toString('utf8')).toContain('This port speaks TLS');
  });

  it('tells an MQTT 3.1.1 client by a return code', () => {
    expect(answerOnTlsPort(connect(4))).toEqual(Buffer.from([0x20, 2, 0, 3]));
  });

  it('tells a browser on a TLS port by HTTP 400', () => {
    expect(answerOnTlsPort(Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'))!.toString()).toMatch(
      /^HTTP\/1\.1 400 [^]*This port speaks TLS/,
    );
  });

  it('tells a TLS client on a plain port by an alert', () => {
    expect(answerOnPlainPort(Buffer.from([22, 3, 1, 2, 0]))).toEqual(Buffer.from([21, 3, 3, 0, 2, 2, 70]));
  });

  it('says nothing to noise', () => {
    expect(answerOnTlsPort(Buffer.from([1, 2, 3]))).toBeNull();
    expect(answerOnPlainPort(Buffer.from([1, 2, 3]))).toBeNull();
  });

  it('writes a CONNACK without properties where there are no words', () => {
    expect(refuseConnect(connect(5), 0x86, 4)).toEqual(Buffer.from([0x20, 3, 0, 0x86, 0]));
  });
});
