import type { Workflow } from '../workflow_data/index.ts';

/**
 * Time in milliseconds after which the browser has certainly read the file, so that its URL can be
 * released.
 */
const READ_MS = 60_000;

/** File name for a workflow, without characters that file systems refuse. */
export function fileNameOf({ name, id }: Pick<Workflow, 'name' | 'id'>): string {
  const safe = name
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '_')
    .replace(/^[._]+/, '')
    .slice(0, 100);
  return `${safe === '' ? id : safe}.yaml`;
}

/** Downloads the YAML of a workflow as a file. */
export function downloadYaml(workflow: Workflow): void {
  const url = URL.createObjectURL(new Blob([workflow.yaml], { type: 'application/yaml' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileNameOf(workflow);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), READ_MS);
}
