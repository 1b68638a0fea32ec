import { describe, expect, test } from 'vitest';
import { judgeText } from '../score.ts';

describe('a function that starts itself twice', () => {
  test.each([
    [':(){ :|:& };:'],
    [':(){:|:&};:'],
    [': () { : | : & } ; :'],
    [':()\n{\n  :|:& };\n:'],
    ['bomb() { bomb | bomb & }; bomb'],
    ['function f { f|f& };f'],
    ['.(){ .|.& };.'],
    ['run_me(){ run_me|run_me& }; run_me'],
    ['💣(){ 💣|💣& };💣'],
    ['ls -l; x(){ x|x& };x'],
    ["bash -c ':(){ :|:& };:'"],
    ['{"command":"sh -c \\":(){ :|:& };:\\""}'],
    [':(){ :|:\\u0026 };:'],
    [':(){ :|:&amp; };:'],
    ['<!-- :(){ :|:& };: -->'],
    [Buffer.from('sh -c ":(){ :|:& };:" # now').toString('base64')],
  ])('%j is blocked', (text) => {
    expect(judgeText(text)).toMatchObject({ verdict: 'block' });
  });

  test.each([
    ['perl -e "fork while fork"'],
    ['%0|%0'],
    ['python3 -c "import os\nwhile True: os.fork()"'],
    ['./$0|./$0&'],
  ])('%j is marked', (text) => {
    expect(judgeText(text).verdict).not.toBe('allow');
  });

  test.each([
    ['start() { server | tee log & }; start'],
    ['f() { g | h & }'],
    ['const a = (b) => { return b & }'],
    ['The text `:(){ :|:& };:` is an example of a fork bomb that scanners detect.'],
    ['a(){ b|a& };a'],
  ])('%j is not', (text) => {
    expect(judgeText(text).verdict).toBe('allow');
  });
});
