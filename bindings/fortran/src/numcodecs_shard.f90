! Shards: see README.md.
module numcodecs_shard
    use numcodecs_c
    use numcodecs_memory
    use numcodecs_zarr
    implicit none
    private
    public :: shard_t

    integer(c_int32_t), parameter :: ERR_SHAPE = 9

    ! Where the inner chunks of one shard lie. It frees itself; it cannot be assigned.
    type :: shard_t
        private
        type(c_ptr) :: handle = c_null_ptr
        integer :: ndim = 0
        logical :: reverse = .true.
    contains
        procedure, nopass :: index_range
        procedure :: open => open_shard
        procedure :: entry => find_entry
        procedure, private :: copy
        generic :: assignment(=) => copy
        final :: free
    end type

contains

    ! Where the index lies in a shard of that size: first byte (from 1, as pos= of read) and number of bytes.
    subroutine index_range(array, shard_nbytes, first, nbytes, error)
        type(zarr_t), intent(in) :: array
        integer(c_int64_t), intent(in) :: shard_nbytes
        integer(c_int64_t), intent(out) :: first, nbytes
        type(error_t), intent(out), optional :: error
        type(nc_error) :: err
        integer(c_int32_t) :: status

        status = nc_zarr_index_range(array%c_handle(), first, nbytes, err)
        if (status == 0 .and. first < 0) first = first + shard_nbytes
        if (status == 0 .and. (first < 0 .or. first + nbytes > shard_nbytes)) &
            call fail(err, ERR_SHAPE, 'the shard is shorter than its index')
        first = first + 1
        call report(err, error)
    end subroutine

    ! index: those bytes. What it says is checked: no inner chunk leaves the shard or shares bytes with another.
    subroutine open_shard(self, array, index, shard_nbytes, error)
        class(shard_t), intent(inout) :: self
        type(zarr_t), intent(in) :: array
        integer(c_int8_t), intent(in), contiguous, target :: index(:)
        integer(c_int64_t), intent(in) :: shard_nbytes
        type(error_t), intent(out), optional :: error
        type(nc_error) :: err
        integer(c_int32_t) :: status

        call nc_shard_free(self%handle)
        status = nc_shard_open(array%c_handle(), address_of(index), size(index, kind=c_size_t), shard_nbytes, self%handle, err)
        self%ndim = array%ndim()
        self%reverse = array%is_reversed()
        call report(err, error)
    end subroutine

    ! First byte (from 1) and number of bytes of an inner chunk; 0 bytes for one that is not there and becomes fill value.
    subroutine find_entry(self, place, first, nbytes, error)
        class(shard_t), intent(in) :: self
        integer, intent(in) :: place(:)
        integer(c_int64_t), intent(out) :: first, nbytes
        type(error_t), intent(out), optional :: error
        type(nc_error) :: err
        integer(c_int64_t) :: inner(size(place))
        integer(c_int32_t) :: status

        first = 0
        nbytes = 0
        inner = place - 1
        if (self%reverse) inner = inner(size(inner):1:-1)
        if (size(place) /= self%ndim) then
            call fail(err, ERR_SHAPE, 'a place has one number for each dimension')
        else
            status = nc_shard_entry(self%handle, inner, first, nbytes, err)
            if (status == 0) first = first + 1
        end if
        call report(err, error)
    end subroutine

    subroutine copy(self, other)
        class(shard_t), intent(inout) :: self
        type(shard_t), intent(in) :: other
        type(nc_error) :: err

        call nc_shard_free(self%handle)
        self%handle = c_null_ptr
        if (c_associated(other%handle)) call fail(err, ERR_SHAPE, 'the index of a shard cannot be assigned: open it again')
        call report(err)
    end subroutine

    impure elemental subroutine free(self)
        type(shard_t), intent(inout) :: self
        call nc_shard_free(self%handle)
        self%handle = c_null_ptr
    end subroutine
end module
