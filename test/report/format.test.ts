import { describe, expect, test } from '@jest/globals';
import { formatCount, formatFigure, formatSeconds, oneLine, spacedName } from '../../src/report/format.ts';

describe('format', () => {
  test.each([
    [0, '0.00 s'],
    [0.04, '0.04 s'],
    [0.0951, '0.1 s'],
    [3.14, '3.1 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min'],
    [125, '2 min 5 s'],
    [3599.7, '1 h'],
    [3725, '1 h 2 min'],
  ])('%d seconds as %s', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });

  test.each([
    ['accuracy', 0.97354, '97.35%'],
    ['student.validation.accuracy', 1, '100.00%'],
    ['validationAccuracy', 0.5, '50.00%'],
    ['groups.student.test.accuracyLow', 0.5, '50.00%'],
    ['groups.student.test.gain', 0.0042, '0.42 points'],
    ['gainBootstrapHigh', -0.001, '-0.10 points'],
    ['loss', 0.123456, '0.1235'],
    ['learningRate', 0.0001, '1.00e-4'],
    ['parameters', 407_050, '407,050'],
    ['epochs', 10, '10'],
    ['loss', NaN, 'NaN'],
  ])('%s %d as %s', (name, value, text) => {
    expect(formatFigure(name, value)).toBe(text);
  });

  test('counts, names and lines', () => {
    expect(formatCount(1234567.8)).toBe('1,234,568');
    expect(spacedName('validationTopFive')).toBe('validation top five');
    expect(oneLine('a\u001b[1;31mb\u001b[0m\r\n\tc')).toBe('ab c');
  });
});
