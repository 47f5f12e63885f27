import { crc32 } from 'node:zlib';
import { documentType, pdfOf, spreadsheetType } from '../seed/index.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

const formats: Readonly<Record<string, readonly string[]>> = {
  [documentType]: ['text/plain', 'text/markdown', 'text/html', 'application/pdf'],
  [spreadsheetType]: ['text/csv', 'text/tab-separated-values', 'application/pdf', XLSX],
};

/**
 * Converts the text of a Google document to another format. `undefined`: Drive has no such
 * conversion.
 */
export function exportDocument(request: {
  readonly text: string;
  readonly from: string;
  readonly to: string;
}): Uint8Array<ArrayBuffer> | undefined {
  const { text, from, to } = request;
  if (!(formats[from] ?? []).includes(to)) return undefined;
  if (to === 'application/pdf') return bytes(pdfOf(text.replace(/[^\w .,:-]+/g, ' ').slice(0, 80)));
  if (to === XLSX) return workbookOf(text);
  if (to === 'text/tab-separated-values') return bytes(text.replaceAll(',', '\t'));
  return bytes(to === 'text/html' ? `<html><body><pre>${text}</pre></body></html>` : text);
}

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Returns a workbook with one sheet of text cells. */
function workbookOf(csv: string): Uint8Array<ArrayBuffer> {
  const rows = csv
    .trimEnd()
    .split('\n')
    .map((line) => {
      const cells = line
        .split(',')
        .map((cell) => `<c t="inlineStr"><is><t>${escapeXml(cell)}</t></is></c>`);
      return `<row>${cells.join('')}</row>`;
    });
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const relations = 'http://schemas.openxmlformats.org/package/2006/relationships';
  const sheetType = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  return storedZip({
    '[Content_Types].xml': `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${sheetType}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${sheetType}.worksheet+xml"/></Types>`,
    '_rels/.rels': `<Relationships xmlns="${relations}"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${relations}"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${main}"><sheetData>${rows.join('')}</sheetData></worksheet>`,
  });
}

const fixedHeader = (signature: number, fields: readonly number[]): Buffer => {
  const header = Buffer.alloc(4 + fields.length * 2);
  header.writeUInt32LE(signature, 0);
  fields.forEach((value, index) => {
    header.writeUInt16LE(value, 4 + index * 2);
  });
  return header;
};

const words = (value: number): [number, number] => [value & 0xffff, value >>> 16];

/** Returns a ZIP archive without compression. */
function storedZip(entries: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(entries)) {
    const [path, data] = [Buffer.from(name), Buffer.from(text)];
    const facts = [
      0,
      0,
      0,
      0x21,
      ...words(crc32(data)),
      ...words(data.length),
      ...words(data.length),
    ];
    const local = Buffer.concat([
      fixedHeader(0x04034b50, [20, ...facts, path.length, 0]),
      path,
      data,
    ]);
    central.push(
      fixedHeader(0x02014b50, [20, 20, ...facts, path.length, 0, 0, 0, 0, 0, 0, ...words(offset)]),
      path,
    );
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const count = locals.length;
  const end = fixedHeader(0x06054b50, [
    0,
    0,
    count,
    count,
    ...words(directory.length),
    ...words(offset),
    0,
  ]);
  return new Uint8Array(Buffer.concat([...locals, directory, end]));
}
