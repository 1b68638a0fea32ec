import { components } from '../components/index.ts';
import { exampleConfig } from '../reference/example.ts';
import { endingsPage, referencePages, withComponentTables } from '../reference/pages.ts';
import { configSchema } from '../reference/schema.ts';
import { BRANCH_REASONS } from '../runtime/index.ts';
import { serviceSchema } from './config/settings.ts';

/**
 * Every file that is made from the code, by its path in the checkout. `read` gives what stands
 * there now, for files of which only a part is made.
 */
export function generatedFiles(
  read: (path: string) => string | undefined,
): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  files.set('config.example.yaml', exampleConfig(components));
  for (const [path, text] of referencePages(components, serviceSchema)) {
    files.set(`docs/reference/${path}`, text);
  }
  files.set('docs/reference/endings.md', endingsPage(BRANCH_REASONS));
  const schema = configSchema(components, serviceSchema);
  files.set('docs/reference/config.schema.json', `${JSON.stringify(schema, undefined, 2)}\n`);
  const readme = read('README.md');
  if (readme !== undefined) files.set('README.md', withComponentTables(readme, components));
  return files;
}
