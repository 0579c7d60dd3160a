# Failures of the library are conditions of class "numcodecs_error" and one more for their cause, such as "numcodecs_error_data".
causes <- c(
  "null", "config", "unknown_codec", "data", "space", "dtype", "unsupported", "memory", "shape", "limit", "checksum", "cancelled",
  "callback", "unknown_size", "not_done"
)

check <- function(result, call = sys.call(-1)) {
  if (!inherits(result, "numcodecs_failure")) {
    return(result)
  }
  if (identical(cause_of(result$code), "cancelled")) {
    # R was asked to stop while the library worked.
    invokeRestart("abort")
  }
  fail(cause_of(result$code), result$message, call, unclass(result))
}

cause_of <- function(code) if (code %in% seq_along(causes)) causes[code] else "panic"

fail <- function(cause, message, call = sys.call(-1), fields = list()) {
  classes <- c(paste0("numcodecs_error_", cause), "numcodecs_error", "error", "condition")
  fields$message <- message
  stop(structure(class = classes, c(fields, list(call = call))))
}
