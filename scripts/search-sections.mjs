/**
 * Sections of the guides in the site's search: each second-level heading is found by its words, and leads
 * to its place. Used by the plugin of typedoc.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DocumentReflection, IndexEvent, ReflectionKind, RendererEvent } from 'typedoc';
import { withBetterQuery } from './search-query.mjs';

/** Who searches for a word mostly wants to know what to do: then what it is, and last of all who has a field of that name. */
const GUIDE_BOOST = 40;
const MEMBER_BOOST = 0.2;
/** Pages for those who work on the library itself, and long lists, have every word and answer few questions. */
const ABOUT_ITSELF =
  /^(?:Architecture|Benchmarks|Changelog|Contributing|Exactness|Glossary|Internals)$/;
const MEMBERS = ReflectionKind.ClassMember | ReflectionKind.EnumMember;

/**
 * @param {import('typedoc').Application} app
 */
export function addSectionsToSearch(app) {
  /** @type {Map<unknown, { page: string, anchor: string }>} */
  const places = new Map();
  app.renderer.on(IndexEvent.PREPARE_INDEX, (event) => {
    const { router } = app.renderer;
    if (router === undefined) return;
    for (const page of event.searchResults.filter((each) => each.isDocument())) {
      if (page.parent === undefined) continue;
      for (const { heading, anchor, text } of sectionsOf(
        page.content.map((c) => c.text).join(''),
      )) {
        const section = new DocumentReflection(`${page.name}: ${heading}`, page.parent, [], {});
        section.content = [{ kind: 'text', text }];
        section.relevanceBoost = boostOf(page);
        places.set(section, { page: router.getFullUrl(page), anchor });
        event.searchResults.push(section);
      }
    }
    for (const [index, each] of event.searchResults.entries()) {
      if (!places.has(each)) each.relevanceBoost = boostOf(each);
      const comment = withoutLongNumbers(commentOf(each));
      const document = each.isDocument() ? withoutLongNumbers(textOf(each.content)) : '';
      event.searchFields[index] = { comment, document };
    }
    const urlOf = router.getFullUrl.bind(router);
    router.getFullUrl = (reflection) => {
      const place = places.get(reflection);
      return place === undefined ? urlOf(reflection) : `${place.page}#${place.anchor}`;
    };
  });
  app.renderer.on(RendererEvent.END, ({ outputDirectory }) => {
    const script = join(outputDirectory, 'assets/main.js');
    writeFileSync(script, withBetterQuery(readFileSync(script, 'utf8')));
    for (const { page, anchor } of places.values()) {
      const html = readFileSync(join(outputDirectory, page), 'utf8');
      if (!html.includes(`id="${anchor}"`)) throw new Error(`No place ${anchor} in ${page}`);
    }
  });
}

/** @param {import('typedoc').Reflection} reflection */
function boostOf(reflection) {
  if (reflection.isDocument()) return ABOUT_ITSELF.test(reflection.name) ? 1 : GUIDE_BOOST;
  return reflection.kindOf(MEMBERS) ? MEMBER_BOOST : 1;
}

/** @param {readonly import('typedoc').CommentDisplayPart[]} parts */
function textOf(parts) {
  return parts.map(({ text }) => text).join('');
}

/** @param {import('typedoc').Reflection} reflection */
function commentOf(reflection) {
  const signatures = reflection.isDeclaration() ? (reflection.signatures ?? []) : [];
  return [reflection, ...signatures]
    .flatMap(({ comment }) => (comment === undefined ? [] : [comment]))
    .flatMap(({ summary, blockTags }) => [summary, ...blockTags.map(({ content }) => content)])
    .map(textOf)
    .join('\n');
}

/**
 * The site's search fails on terms with repeated digits when a digit is typed, and nobody looks for them.
 *
 * @param {string} text
 */
function withoutLongNumbers(text) {
  return text.replaceAll(/\S*\d[\d_.,–:]{4,}\S*/g, ' ');
}

/**
 * The sections of a page.
 *
 * @param {string} markdown - The page.
 * @returns {{ heading: string, anchor: string, text: string }[]} Each second-level heading, with its text.
 */
export function sectionsOf(markdown) {
  const prose = markdown.replaceAll(/^(```|~~~).*?^\1/gms, (code) => code.replaceAll(/^#/gm, ' #'));
  return prose
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading = '', ...lines] = section.split('\n');
      return {
        heading: heading.replaceAll('`', ''),
        anchor: anchorOf(heading),
        text: lines.join('\n'),
      };
    });
}

/**
 * The place of a heading, as typedoc makes it: code does not count, each blank becomes a dash, and the first
 * run of dashes becomes one.
 *
 * @param {string} heading
 */
function anchorOf(heading) {
  return heading
    .replaceAll(/`[^`]*`/g, '')
    .toLowerCase()
    .trim()
    .replaceAll(/[^\p{L}\p{N}\p{M}_\s-]/gu, '')
    .replaceAll(/\s/g, '-')
    .replace(/--+/, '-');
}
