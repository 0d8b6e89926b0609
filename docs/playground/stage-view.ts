/**
 * Draws the picture of a lane, as wide as its place.
 */
import { drawShapes } from './shape-renderer.js';
import { drawnServers } from './stage-arrows.js';
import { layoutStage } from './stage-layout.js';
import { type MarkedPacket, stageShapes } from './stage-shapes.js';
import { describeStage, type Stage } from './stage.js';

/**
 * Shows a picture.
 *
 * @param svg - Where.
 * @param width - The room, in pixels.
 * @param stage - What it shows.
 * @param packet - The packet that the reader follows, if any.
 */
export function showStage(
  svg: SVGSVGElement,
  width: number,
  stage: Stage,
  packet?: MarkedPacket,
): void {
  const past = drawnServers(stage.servers).some(({ method }) => method !== 'masquerading');
  const layout = layoutStage(Math.max(280, Math.floor(width)), stage.servers.length, past);
  drawShapes(svg, [layout.width, layout.height], stageShapes(stage, layout, packet));
}

/**
 * Says what a picture shows. Not called while it moves, or a reader would be interrupted all the time.
 *
 * @param svg - The picture.
 * @param stage - What it shows.
 */
export function describePicture(svg: SVGSVGElement, stage: Stage): void {
  svg.setAttribute('aria-label', describeStage(stage));
}
