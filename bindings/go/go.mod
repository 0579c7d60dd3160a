module numcodecs

go 1.19
