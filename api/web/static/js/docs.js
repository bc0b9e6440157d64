// Starts the viewer of the API's documents that the page asks for.
const viewer = document.getElementById("viewer");

if (viewer.dataset.tool === "swagger-ui") {
  SwaggerUIBundle({ url: viewer.dataset.document, domNode: viewer, validatorUrl: null });
} else {
  fetch(viewer.dataset.document)
    .then((response) => response.json())
    .then((schema) => AsyncApiStandalone.render({ schema, config: { sidebar: { showOperations: "bySpec" } } }, viewer));
}
