import { expect, it } from 'vitest';
import { fileNameOf } from './download_yaml.ts';

it.each([
  ['sources.google_drive.search', 'sources.google_drive.search.yaml'],
  ['Täglicher Bericht', 'Täglicher_Bericht.yaml'],
  ['../../etc/passwd', 'etc_passwd.yaml'],
  ['???', 'w1.yaml'],
])('the workflow %o is downloaded as the file %s', (name, file) => {
  expect(fileNameOf({ name, id: 'w1' })).toBe(file);
});
