// The part of lit-html that every page needs: a phone on a crowded network loads no more of it than this.

export { html, svg, render, nothing, noChange } from '../vendor/lit-html/lit-html.js';
