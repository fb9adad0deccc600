// Shows the page again when the site changed; in pages of `feeder serve` on this machine only.
let known;
new EventSource("/-/changes").onmessage = (event) => {
  if (known && known !== event.data) location.reload();
  known = event.data;
};
