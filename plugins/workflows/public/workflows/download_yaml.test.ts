import { expect, it } from '@jest/globals';
import { fileNameOf } from './download_yaml.ts';

it.each([
  ['sources.google_drive.search', 'sources.google_drive.search.yaml'],
  ['Täglicher Bericht', 'Täglicher_Bericht.yaml'],
  ['../../etc/passwd', 'etc_passwd.yaml'],
  ['???', 'w1.yaml'],
])('the workflow %p is downloaded as the file %s', (name, file) => {
  expect(fileNameOf({ name, id: 'w1' })).toBe(file);
});
