import { describe, expect, it } from 'vitest';
import { mayBecomeHttp } from './http-head.js';
import { answerOnPlainPort, answerOnTlsPort, isConnect, refuseConnect } from './wrong-protocol.js';

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

  it('knows a CONNECT by its type, whatever its flags: MQTT 3.1 gives them no meaning', () => {
    expect([0x10, 0x14, 0x1f].map((first) => isConnect(Buffer.from([first])))).toEqual([true, true, true]);
    expect([0x00, 0x16, 0x20, 0xc0].map((first) => isConnect(Buffer.from([first])))).toEqual([false, false, false, false]);
  });

  it('waits for more only where HTTP could come of it', () => {
    expect(['G', 'PU', 'GET ', 'GET / HTTP/1.1'].map((text) => mayBecomeHttp(Buffer.from(text)))).toEqual([true, true, true, true]);
    expect(['GO', 'x', '\xc0\0'].map((text) => mayBecomeHttp(Buffer.from(text, 'latin1')))).toEqual([false, false, false]);
  });

  it('says nothing to noise', () => {
    expect(answerOnTlsPort(Buffer.from([1, 2, 3]))).toBeNull();
    expect(answerOnPlainPort(Buffer.from([1, 2, 3]))).toBeNull();
  });

  it('writes a CONNACK without properties where there are no words', () => {
    expect(refuseConnect(connect(5), 0x86, 4)).toEqual(Buffer.from([0x20, 3, 0, 0x86, 0]));
  });
});
