module plumbline/stress/channels/go

go 1.19
